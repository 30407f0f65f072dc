"""The payment PIN, the moves that a person says yes to, and how much of a yes each move needs.

The PIN is six digits, kept as a keyed hash whose key is not in the tables. A slow hash does not save a million possibilities;
the key outside the table and the attempt counter do (see docs/decisions).
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from wallet_api.authorizations.errors import (
    MethodNotAccepted,
    PinCoolingDown,
    PinTooSimple,
    StepUpRequired,
    StepUpUnavailable,
)
from wallet_api.clock import rfc3339
from wallet_api.devices.model import RegisteredDevice, Signature
from wallet_api.money import Money
from wallet_api.people.errors import AccessFrozen
from wallet_api.people.model import RECOVERED_FOR, Person
from wallet_api.storage.keys import Keys, same

Method = Literal["pin", "device_signature", "totp", "sms"]
Code = Literal["totp", "sms"]
Reason = Literal["changed_contact", "recovered_password", "new_device", "static_code", "large_amount", "new_payee"]
MoveKind = Literal["payment", "outlet_payment", "transfer", "withdrawal", "mandate"]

CHALLENGE_LIFE = timedelta(minutes=5)
"""Long enough for a finger, or for a code that comes late; short enough that nobody signs and forgets."""
SMALL, HIGH, LARGE = 1_000_00, 5_000_00, 10_000_00
"""Minor units of CNY, counted one to one in any other currency as the limits are. Up to SMALL a PIN is always enough;
above HIGH a payee is looked at, above LARGE a PIN never is."""
STATIC = 500_00
"""Above this a PIN alone pays no code that hangs on a wall: whoever pasted another over it hopes for a quick yes."""
COOL_DOWN = timedelta(hours=24)
"""How long after a change of phone or e-mail neither a code to the new one nor the PIN alone moves more than SMALL."""

_RUNS = "01234567890123456789"
_WELL_KNOWN = frozenset({"112233", "121212", "123321", "131313", "147258", "159357", "131452", "520131"})


def require_hard_to_guess(pin: str) -> None:
    """Raises PinTooSimple for three digits that come twice (one digit six times among them), a run up or down, and the handful that
    everybody tries first.
    """
    if pin in _RUNS or pin in _RUNS[::-1] or pin in _WELL_KNOWN or pin[:3] == pin[3:]:
        raise PinTooSimple


def hash_pin(keys: Keys, person_id: str, pin: str) -> tuple[str, int]:
    """A fresh salted hash of a PIN, `salt$hash`, and the version of the key that made it."""
    salt = secrets.token_hex(8)
    return f"{salt}${keys.hex_digest('payment-pin', person_id, salt, pin)}", keys.current


def pin_matches(keys: Keys, person_id: str, pin: str, stored: str, version: int) -> bool:
    """Whether a PIN is the one that was hashed."""
    salt, _, digest = stored.partition("$")
    return same(keys.digest("payment-pin", person_id, salt, pin, version=version), bytes.fromhex(digest))


class PinShown(Struct, frozen=True):
    """The ordinary yes."""

    pin: str


class SignatureShown(Struct, frozen=True):
    """A yes by the key of a device; without a challenge's id it is over the newest of the session."""

    device_id: str
    challenge_id: str | None
    signature: Signature


class CodeShown(Struct, frozen=True):
    """A yes by a code: that of the authenticator, unless one was sent for this challenge."""

    challenge_id: str
    code: str


Shown = PinShown | SignatureShown | CodeShown


class Move(Struct, frozen=True):
    """What a person says yes to; a withdrawal's payee is its card. `subject` is the payment's id, the mandate's, or the outlet's that
    is paid at; a transfer and a withdrawal have none before they are made. Of a mandate, `amount` is what it may move in a month.
    `delay` says that a transfer does not arrive at once.
    """

    kind: MoveKind
    subject: str
    payee_id: str
    amount: Money
    quote_id: str | None
    max_per_payment: Money | None = None
    delay: str | None = None

    @property
    def moves_now(self) -> bool:
        """Whether the yes itself moves the amount."""
        return self.kind != "mandate"

    @property
    def by_static_code(self) -> bool:
        """Whether a code that many may scan says who is paid."""
        return self.kind == "outlet_payment"

    def text(self, challenge_id: str, expires_at: datetime) -> str:
        """The canonical text that a challenge is the hash of: JSON, names sorted, without spaces.

        A device that is given the text can show it and hash it by itself, so what is seen is what is signed.
        """
        document: dict[str, str | int | None] = {
            "amount": self.amount.amount,
            "challenge_id": challenge_id,
            "currency": self.amount.currency,
            "expires_at": rfc3339(expires_at),
            "operation": self.kind,
            "payee": self.payee_id,
            "quote_id": self.quote_id,
            "subject": self.subject,
        }
        if self.max_per_payment is not None:
            document["max_per_payment"] = self.max_per_payment.amount
        if self.delay is not None:
            document["delay"] = self.delay
        return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


class Challenge(Struct, frozen=True):
    """What the server wants signed or proven for one move of one session. `text_hash` is SHA-256 of the move's text."""

    id: str
    session_id: str
    text_hash: str
    pin_proven: bool
    code_id: str
    code_sent: bool
    valid_until: datetime
    used_at: datetime | None = None

    @property
    def signed_bytes(self) -> bytes:
        """What a device signs: 32 bytes."""
        return bytes.fromhex(self.text_hash)

    @property
    def wire(self) -> str:
        """The same as WebAuthn and our API write it: base64url without padding."""
        return urlsafe_b64encode(self.signed_bytes).decode("ascii").rstrip("=")

    def is_for(self, move: Move) -> bool:
        """Whether this is the move that it was asked for, to the last field."""
        return hash_of(move.text(self.id, self.valid_until)) == self.text_hash


def hash_of(text: str) -> str:
    """SHA-256 as hex."""
    return hashlib.sha256(text.encode()).hexdigest()


class Circumstances(Struct, frozen=True):
    """What decides how much of a yes a move needs. `device` is None where no key of it can count."""

    amount: Money
    person: Person
    device_is_new: bool
    device: RegisteredDevice | None
    payee_known: bool
    now: datetime
    static_code: bool = False

    @property
    def contact_changed(self) -> bool:
        """Whether a phone or e-mail took another's place a short while ago (SP 800-63B section 5.1.3.3)."""
        return changed_lately(self.person, self.now)


def changed_lately(person: Person, now: datetime) -> bool:
    """Whether a phone or e-mail took another's place within the cool-down."""
    return person.contact_changed_at is not None and now - person.contact_changed_at < COOL_DOWN


def sms_counts(person: Person, now: datetime) -> bool:
    """Whether a code by SMS says anything: there is a phone, it is not one that was just put in, and it did not just set the
    password.
    """
    return "sms" in person.channels and not changed_lately(person, now) and not person.recovered_lately(now)


def totp_counts(person: Person, now: datetime) -> bool:
    """Whether a code of the authenticator says anything: whoever took a phone number over could have set one up."""
    return person.totp_enabled and (person.totp_stood_before or not person.recovered_lately(now))


def require_settled(person: Person, now: datetime) -> None:
    """Lets a person choose a PIN without the one before: not while the wallet is frozen, and not within the days after a code
    alone set the password, or after a contact changed. Raises AccessFrozen, PinCoolingDown.
    """
    if person.frozen_since is not None:
        raise AccessFrozen
    ends = [person.recovered_at + RECOVERED_FOR] if person.recovered_at is not None else []
    ends += [person.contact_changed_at + COOL_DOWN] if person.contact_changed_at is not None else []
    available_at = max(ends, default=now)
    if available_at > now:
        seconds = -((now - available_at) // timedelta(seconds=1))
        raise PinCoolingDown(available_at=rfc3339(available_at), retry_after_seconds=seconds)


def depends_on_payee(amount: Money) -> bool:
    """Whether it matters if the payee is known: between what a PIN may always do and what it never may."""
    return HIGH < amount.amount <= LARGE


def reason_of(facts: Circumstances) -> Reason | None:
    """Why a PIN alone is not enough for this move; None when it is."""
    amount = facts.amount.amount
    if facts.contact_changed and amount > SMALL:
        return "changed_contact"
    if facts.person.recovered_lately(facts.now) and amount > SMALL:
        return "recovered_password"
    if facts.device_is_new and amount > SMALL:
        return "new_device"
    if facts.static_code and amount > STATIC:
        return "static_code"
    if amount > LARGE:
        return "large_amount"
    return "new_payee" if depends_on_payee(facts.amount) and not facts.payee_known else None


def methods_of(facts: Circumstances, reason: Reason | None) -> tuple[Method, ...]:
    """What the server accepts for this move, the easiest first.

    A key counts for more than a PIN once it has stood for a day or was registered with more than a PIN: else whoever
    looked over a shoulder would register one and sign with it. A phone that was just changed gets no code.
    """
    key = None if facts.device is None else facts.device.key
    if reason is None:
        return ("pin", "device_signature") if key is not None else ("pin",)
    found: list[Method] = []
    if key is not None and not facts.device_is_new and key.trusted_from <= facts.now:
        found.append("device_signature")
    if totp_counts(facts.person, facts.now):
        found.append("totp")
    if sms_counts(facts.person, facts.now):
        found.append("sms")
    return tuple(found)


def require_enough(method: Method, facts: Circumstances) -> Reason | None:
    """Lets a method pass that the move's circumstances accept; the reason that asked for more than a PIN, if one did.

    Raises StepUpRequired, StepUpUnavailable, MethodNotAccepted.
    """
    reason = reason_of(facts)
    if reason is None:
        return None
    methods = methods_of(facts, reason)
    if method in methods:
        return reason
    if not methods:
        raise StepUpUnavailable(reason=reason)
    if method == "pin":
        raise StepUpRequired(reason=reason, methods=" ".join(methods))
    raise MethodNotAccepted(reason=reason, methods=" ".join(methods))
