"""Settlement accounts: where a merchant's money is paid out to.

What is promised: the number is sealed and never shown again; only the owner changes it, with the payment PIN; a changed account
is paid to only after two days, and the owner is told at once.
"""
