"""Signing in: a password, then always a second factor. The answers never tell whether a person exists or is locked."""
