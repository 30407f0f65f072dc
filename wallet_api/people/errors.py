"""How people say no.

PersonMissing             the person is not there
ContactTaken              the phone or e-mail belongs to another wallet
ContactChangedMeanwhile   another change of the same contact was first
AccessFrozen              the wallet is frozen, and what proves its owner stays as it is
"""

from __future__ import annotations

from wallet_api.errors import Conflict, Forbidden, NotFound


class PersonMissing(NotFound):
    """There is no such person."""

    code = "person_missing"


class ContactTaken(Conflict):
    """The phone number or e-mail address has a wallet already; said only to who has proven that it is theirs."""

    code = "contact_taken"


class ContactChangedMeanwhile(Conflict):
    """Another change of the same phone or e-mail was finished first; this one was not done."""

    code = "contact_changed_meanwhile"


class AccessFrozen(Forbidden):
    """The wallet is frozen: its contacts, second factors, PIN and keys stay as they are until it is unfrozen."""

    code = "access_frozen"
