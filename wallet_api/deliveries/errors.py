"""ClaimedElsewhere is how two workers find out that they do the same."""

from __future__ import annotations


class ClaimedElsewhere(Exception):
    """Somebody else was first: a duplicate of a message, an overlapping run, or another request."""
