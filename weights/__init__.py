"""Trained weights, read by `tools.encoder`; docs/models says what they are and how made."""
