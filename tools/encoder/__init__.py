"""The desk's own encoders: claim verification and sentiment, on onnxruntime."""
