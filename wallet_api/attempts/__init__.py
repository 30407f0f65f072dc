"""Attempts: how often somebody may try a password or a second factor before they must wait.

A try is reserved before it is evaluated, on the item that holds the secret, so that parallel guesses are counted and
the reading costs nothing of its own. After five wrong ones the item is locked for a while that doubles with every
lock, and a locked one is answered like a wrong one. Locks are per person, never for ever, and end with the first
success.
"""

from wallet_api.attempts.store import GuardedItem

__all__ = ["GuardedItem"]
