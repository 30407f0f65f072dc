"""Webhooks: the addresses of a merchant's own servers that its events go to.

What is promised: an address leads to the public network alone; a secret is shown once, kept sealed and replaced without
a gap; an endpoint that takes nothing for three days is disabled, and its merchant told.
"""
