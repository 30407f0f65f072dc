"""The passwords' items."""

from __future__ import annotations

from wallet_api.attempts import GuardedItem
from wallet_api.storage.items import Moment, UnicodeAttribute

PASSWORD = "password"  # noqa: S105  a sort key


class PasswordItem(GuardedItem):
    """pk = person, sk = `password`. The hash holds its own salt and parameters."""

    password_hash = UnicodeAttribute()
    changed_at = Moment()
