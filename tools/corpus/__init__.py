"""The corpus: documents, passages, hybrid search and origins.

`store.Corpus` is the one thing that other packages use; the modules beside it are its parts.
"""
