"""Language model: weights, the embedded engine, one client for every server, answer cache."""
