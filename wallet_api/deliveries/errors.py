"""How two workers find out that they do the same, and what is none of their messages.

ClaimedElsewhere    somebody else has this delivery or job in hand, or had it
MessageUnreadable   a message of the queue that is none of ours
"""

from __future__ import annotations


class ClaimedElsewhere(Exception):
    """Somebody else was first: a duplicate of a message, an overlapping run, or another request."""


class MessageUnreadable(Exception):
    """A message that this worker was never sent."""
