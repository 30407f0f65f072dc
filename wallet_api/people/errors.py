"""How people say no.

PersonMissing             the person is not there
ContactTaken              the phone or e-mail belongs to another wallet
ContactChangedMeanwhile   another change of the same contact was first
"""

from __future__ import annotations

from wallet_api.errors import Conflict, NotFound


class PersonMissing(NotFound):
    """There is no such person."""

    code = "person_missing"


class ContactTaken(Conflict):
    """The phone number or e-mail address has a wallet already; said only to who has proven that it is theirs."""

    code = "contact_taken"


class ContactChangedMeanwhile(Conflict):
    """Another change of the same phone or e-mail was finished first; this one was not done."""

    code = "contact_changed_meanwhile"
