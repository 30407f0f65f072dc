"""The notices' items, which stand in the `by_due` index until they are sent."""

from __future__ import annotations

from pynamodb.attributes import BinaryAttribute

from wallet_api.clock import rfc3339
from wallet_api.notifications.model import Notice
from wallet_api.storage.items import Document, Item, Moment, UnicodeAttribute, WholeNumber

NOTICE = "notice"


class NoticeItem(Item):
    """pk = notice id, sk = `notice`. Removed when everybody was told."""

    table = "records"

    person_id = UnicodeAttribute()
    kind = UnicodeAttribute()
    created_at = Moment()
    tries = WholeNumber()
    told = Document()
    former_phone_sealed = BinaryAttribute(legacy_encoding=False, null=True)
    former_email_sealed = BinaryAttribute(legacy_encoding=False, null=True)
    due_bucket = UnicodeAttribute()
    due_at = UnicodeAttribute()

    def notice(self) -> Notice:
        """The item as the wallet speaks of it."""
        return self.as_record(Notice, id=self.pk, told=tuple(self.told))


def notice_item(items: type[NoticeItem], notice: Notice) -> NoticeItem:
    """The item of a new notice, due at once."""
    return items.of(
        notice,
        pk=notice.id,
        sk=NOTICE,
        told=list(notice.told),
        due_bucket=NOTICE,
        due_at=rfc3339(notice.created_at),
    )
