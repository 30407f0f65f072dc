"""Freezes: nothing goes out of a wallet any more, at once, and whoever stopped it proves more to have it back.

A freeze takes one factor, since whoever has lost a phone has little else: a session, or the password or a code without one.
In one write the account takes no debit, every session ends and no device's key signs; refunds still arrive. An unfreeze takes
the password and two of four: a code to the phone, a code to the e-mail address, the authenticator, the payment PIN; with one of
the first three it takes a day as well, in which its owner is told on every channel and may freeze it again, which voids the unfreeze.
"""
