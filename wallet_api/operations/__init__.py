"""Operations, as their callers see them: what became of a request whose answer was lost, and how to make sure that it never happens.

The records are the ledger's own, so what is told here is what a repetition under the same key would be told.
"""
