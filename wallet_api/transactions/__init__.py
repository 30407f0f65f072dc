"""Transactions: a person's history, newest first, searchable, each with its other side and its whole story.

A page costs the same however long the history is: one query of the statement and one batch of the records it names.
"""
