"""The ledger: the floor that every movement of money stands on, and the only code that changes a balance.

A movement is one atomic write: the operation with its entry, the balance and the statement line of every guarded account.
All else (balances of busy accounts, events, analytics) is folded from the journal afterwards.
"""
