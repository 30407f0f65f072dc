"""Authorizations: how a person says yes to a move of money. What is promised: a guess costs an attempt before it is evaluated,
five wrong ones in a row lock the PIN, and a lock is ended by its owner with a code on a registered channel.
"""
