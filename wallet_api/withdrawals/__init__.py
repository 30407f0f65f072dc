"""Withdrawals: a person's money on its way from the wallet to a debit card of theirs.

What is promised: amount and fee leave the balance in one write, before anybody outside is asked; what the card's bank took is posted
once, what it did not take comes back once, fee and all; one that nobody knows the end of stays `processing` until the acquirer says.
"""
