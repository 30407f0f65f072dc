"""Inbox: a person reads, in their language, what happened to their money.

What is promised: every movement of a person's money that their events tell is there, once, however the streams brought
it; what was read stays read.
"""
