"""Reconciliation: what a merchant, or the wallet's operator, holds against somebody else's books.

What is promised: a merchant's file of a day has every line of that day's entries, and its rows add up from the day's opening balance
to its closing balance, to the cent, or it is not given out; a bank's file is compared with the ledger and every difference is named,
and nothing is ever put right by comparing.
"""
