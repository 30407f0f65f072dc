"""Merchants: who may take payments, and the secret keys that their servers call with.

What is promised: a key is shown once and kept as a hash, a made-up key costs no storage call, a revoked one dies
at once.
"""
