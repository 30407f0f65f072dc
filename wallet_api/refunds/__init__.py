"""Refunds: a merchant gives money back, in one piece or in several, to the balance or to a card of its customer.

What is promised: all refunds together never pass what was paid, whoever races; the customer gets the money even when their wallet
is frozen or the merchant's balance is short; the fee comes back in proportion, and to the last unit when all is refunded. Money
for a card is set aside until the acquirer has said how it ended, and what no card took lands on the balance.
"""
