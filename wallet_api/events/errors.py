"""How reading a stream goes wrong.

RecordUnreadable   a stream record that is no version of a record of ours: it fails alone, into the dead-letter queue
EventKnown         the event is written already: another reading of the same fact, dropped
"""

from __future__ import annotations


class RecordUnreadable(Exception):
    """A stream record that cannot be read as a version of one of the wallet's records."""


class EventKnown(Exception):
    """This event is there already, so the fact was told."""
