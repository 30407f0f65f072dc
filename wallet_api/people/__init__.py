"""People: who has a wallet, how they are found by phone or e-mail without either being readable, and how they are
written to.

Phone, e-mail and name are sealed field by field under the person's own data key. They are found by a keyed hash of
their one canonical form, and the hash is an item of its own, so that one phone or e-mail can never have two wallets.
"""
