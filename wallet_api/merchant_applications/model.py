"""What an application says, what it lacks, and when it can be decided.

incomplete ──▶ pending ──▶ approved       the owner gives what is missing; an operator decides
                 ▲    └──▶ declined       with a reason
                 └───────────┘            changed and handed in again
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.errors import FieldProblem, Invalid
from wallet_api.merchants.model import Profile
from wallet_api.names import is_written

Status = Literal["incomplete", "pending", "approved", "declined"]

_OTHER_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9./-]{3,29}", re.ASCII)
_CREDIT_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_CODE = re.compile(rf"[{_CREDIT_SIGNS}]{{18}}", re.ASCII)


class Contact(Struct, frozen=True):
    """Whom an operator calls, in clear."""

    name: str
    phone: str
    email: str


class SealedContact(Struct, frozen=True):
    """The same as the table holds it, with what may be shown of it."""

    data_key: bytes
    sealed: bytes
    phone_masked: str
    email_masked: str


class Application(Struct, frozen=True):
    """One application. `merchant_id` is the merchant that it is for, which exists in test mode from the start."""

    id: str
    person_id: str
    merchant_id: str
    status: Status
    legal_name: str
    registration_number: str
    profile: Profile
    website: str | None
    contact: SealedContact | None
    has_settlement_account: bool
    created_at: datetime
    decided_at: datetime | None = None
    reason: str | None = None
    revision: int = 0

    def __post_init__(self) -> None:
        good_name = len(self.legal_name) <= 200 and is_written(self.legal_name)
        checks = (
            ("legal_name", "wrong_format", good_name),
            (
                "registration_number",
                "registration_number_wrong",
                is_registration_number(self.registration_number, self.profile.country),
            ),
        )
        problems = [FieldProblem(f"/{name}", code) for name, code, good in checks if not good]
        if problems:
            raise Invalid(*problems)

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields that an operator needs and that were not given."""
        given = (("contact", self.contact is not None), ("settlement_account", self.has_settlement_account))
        return tuple(name for name, there in given if not there)

    def handed_in(self) -> Application:
        """The application after its owner wrote it: it waits for a decision, or for what is missing."""
        return replace(self, status="incomplete" if self.missing else "pending", decided_at=None, reason=None)

    def changed(self, changes: Mapping[str, Any]) -> Application:
        """The application with some of its fields changed, its profile's among them, handed in again. Raises Invalid."""
        names = set(Profile.__struct_fields__)
        profile = replace(self.profile, **{name: value for name, value in changes.items() if name in names})
        rest = {name: value for name, value in changes.items() if name not in names}
        return replace(self, profile=profile, **rest).handed_in()


def is_registration_number(text: str, country: str) -> bool:
    """Whether a text can be a company's number: in China a unified social credit code with its check sign (GB 32100-2015)."""
    if country != "CN":
        return bool(_OTHER_NUMBER.fullmatch(text))
    if not _CREDIT_CODE.fullmatch(text):
        return False
    weighted = sum(_CREDIT_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(text[:17]))
    return _CREDIT_SIGNS[-weighted % 31] == text[17]
