"""The same questions to other systems, in environments of their own (evals/peers/README.md)."""
