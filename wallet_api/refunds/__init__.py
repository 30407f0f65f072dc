"""Refunds: a merchant gives money back, in one piece or in several.

What is promised: all refunds together never pass what was paid, whoever races; the customer gets the money even when their wallet
is frozen or the merchant's balance is short; the fee comes back in proportion, and to the last unit when all is refunded.
"""
