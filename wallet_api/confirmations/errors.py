"""How confirmations say no, and how two workers find out that they do the same.

PushServiceDown        the push company does not answer, so that a phone could not be made known to it
ChangedMeanwhile       what was read is another by now; it is read again
"""

from __future__ import annotations

from wallet_api.errors import Unavailable


class PushServiceDown(Unavailable):
    """Apple's or Google's service could not be told of the phone; nothing was kept."""

    code = "push_service_unavailable"


class ChangedMeanwhile(Exception):
    """Somebody else was first: another request, another worker, or the end of a session."""
