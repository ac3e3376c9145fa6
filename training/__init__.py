"""Training of the encoder that the desk ships: never imported at run time, needs the `train` group.

    pairs      labelled pairs of claim and evidence, from our own groups and from public data
    edits      pairs made by one controlled edit, their label known by construction
    encoder    the network and its training loop
    verifier   `make train-verifier`
    sentiment  `make train-sentiment`
    export     ONNX, quantised to 8 bits
    adapter    `make train-adapter`: a LoRA adapter on the served language model
"""
