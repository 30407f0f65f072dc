"""Transfers: a person sends money to another by phone number, e-mail or id.

What is promised: it arrives at once and wholly, or nothing has happened. One that is to arrive later leaves the balance at once, in one
write, and until then its payer takes it back whenever they like; it arrives once, or comes back once, fee and all, and never both.
"""
