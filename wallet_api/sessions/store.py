"""Sessions' items: a session under its person, a sign-in's challenge for some minutes."""

from __future__ import annotations

from msgspec.structs import asdict

from wallet_api.devices.model import Device
from wallet_api.sessions.model import Session
from wallet_api.storage.items import Document, Item, Moment, UnicodeAttribute

SESSION = "session/"


class SessionItem(Item):
    """pk = person, sk = `session/ses_…`. Holds hashes of the tokens, never a token."""

    table = "people"

    id = UnicodeAttribute()
    device = Document()
    created_at = Moment()
    refreshed_at = Moment()
    ends_at = Moment()
    access_hash = UnicodeAttribute()
    refresh_hash = UnicodeAttribute()
    previous_access_hash = UnicodeAttribute(null=True)
    previous_refresh_hash = UnicodeAttribute(null=True)

    def session(self) -> Session:
        """The item as the wallet speaks of it."""
        return self.as_record(Session, person_id=self.pk, device=Device(**self.device))


def session_item(items: type[SessionItem], session: Session) -> SessionItem:
    """The item of a new session."""
    return items.of(session, pk=session.person_id, sk=SESSION + session.id, device=asdict(session.device))
