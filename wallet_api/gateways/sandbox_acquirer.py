"""The acquirer of test mode: magic card numbers reach every outcome, and no money is real.

It remembers nothing, so that it works as well in ten Lambda containers as on a laptop: what a card does rides, sealed, in
the token that was given for it; codes are keyed hashes of what they confirm; what comes later is decided by the clock. The
number itself is not in the token.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from wallet_api.clock import Clock
from wallet_api.gateways.acquirer import (
    AcquirerSilent,
    CardDetails,
    ChargeDecline,
    ChargeOrder,
    ChargeOutcome,
    CreditOrder,
    CreditOutcome,
    RefundDecline,
    RefundOrder,
    RefundOutcome,
    TokenisedCard,
    Verdict,
)
from wallet_api.gateways.errors import MessageNotSent
from wallet_api.gateways.sms import Sms
from wallet_api.storage.keys import Keys, same

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BEHAVIOURS: Final = {
    "4000000000000002": "decline",
    "4000000000009995": "insufficient",
    "4000000000000069": "expired",
    "4000000000000119": "later_approve",
    "4000000000000259": "later_decline",
    "4000000000003220": "confirm",
    "4000000000000127": "unverifiable",
    "4000000000005126": "return",
}
"""What the magic numbers do. Every other number approves; so does the one whose bank returns what a withdrawal sent there."""

ANSWER_AFTER = timedelta(seconds=60)
"""How long a charge that is answered later stays pending."""
CONFIRM_WITHIN = timedelta(minutes=10)

REFUNDS: Final = {
    888_01: "decline",
    888_02: "take, then approve",
    888_03: "take, then decline",
    888_04: "say nothing, then approve",
    888_05: "say nothing, then decline",
    888_06: "lose",
}
"""What the magic amounts do that are sent to cards, in minor units of any currency. A declining card takes no other either."""

CREDITS: Final = {
    **REFUNDS,
    888_07: "approve, then return",
    888_08: "approve, then decline",
    888_09: "decline, then approve",
}
"""What the magic amounts of withdrawals do. Any other does as its card does."""

CREDITED: Final = {
    "decline": "decline",
    "insufficient": "decline",
    "expired": "expire",
    "later_approve": "say nothing, then approve",
    "later_decline": "say nothing, then decline",
    "return": "approve, then return",
}
"""What a card does with a withdrawal; every other takes it."""
RETURNED_AFTER = timedelta(days=2)
"""When a card's bank sends back what it took."""

_APPROVED = ChargeOutcome("approved")
_PENDING = ChargeOutcome("pending")
_CREDITED: Final = {
    "approve": CreditOutcome("approved"),
    "decline": CreditOutcome("declined", "withdrawal_declined"),
    "expire": CreditOutcome("declined", "card_expired"),
    "return": CreditOutcome("returned", "withdrawal_returned"),
}
_DECLINES: Final[dict[str, ChargeDecline]] = {
    "decline": "card_declined",
    "insufficient": "card_insufficient_funds",
    "expired": "card_expired",
    "later_decline": "card_declined",
}


class SandboxAcquirer(Struct, frozen=True):
    """An acquirer and every issuer behind it. The issuers' codes go out by SMS."""

    keys: Keys
    clock: Clock
    sms: Sms

    def tokenise(self, reference: str, details: CardDetails) -> TokenisedCard:
        """Seals the number's behaviour and the cardholder's phone into a token."""
        content = json.dumps([BEHAVIOURS.get(details.number, "approve"), details.phone, details.number[-4:]])
        # A nonce made of a keyed hash over all that is sealed repeats only together with its content.
        nonce = self.keys.digest("sandbox token nonce", reference, details.number, content)[:12]
        sealed = self._cipher(self.keys.current).encrypt(nonce, content.encode(), None)
        fingerprint = self.keys.hex_digest("sandbox card fingerprint", details.number)
        return TokenisedCard("tok_" + urlsafe_b64encode(nonce + sealed).decode().rstrip("="), fingerprint)

    def send_code(self, token: str) -> None:
        """Sends the code that binds the card."""
        _, phone, last4 = self._open(token)
        code = self._code(token, "bind")
        self._text(
            phone,
            f"【银行/Bank】{code} 是绑定尾号{last4}银行卡的验证码，10分钟内有效，请勿告诉他人。 "
            f"{code} is the code to bind your card ending in {last4}. It is valid for 10 minutes; never share it.",
        )

    def verify(self, token: str, code: str) -> Verdict:
        """Compares the code; the issuer of the unverifiable card says no to any."""
        behaviour, _, _ = self._open(token)
        if behaviour == "unverifiable":
            return "refused"
        return "verified" if self._is_code(code, token, "bind") else "wrong_code"

    def detach(self, token: str) -> None:
        """Checks that the token is one of ours; there is nothing to forget."""
        self._open(token)

    def charge(self, order: ChargeOrder) -> ChargeOutcome:
        """The outcome of the card's behaviour; a card that answers later answers nothing at first."""
        outcome = self.find(order)
        if outcome == _PENDING:
            raise AcquirerSilent
        if outcome.status == "needs_confirmation":
            self._send_confirmation(order)
        return outcome

    def confirm(self, order: ChargeOrder, code: str) -> ChargeOutcome:
        """Approves for the code of this very charge, while it is valid."""
        outcome = self.find(order)
        if outcome.status != "needs_confirmation":
            return outcome
        return _APPROVED if self._is_code(code, order.token, order.reference) else ChargeOutcome("wrong_code")

    def find(self, order: ChargeOrder) -> ChargeOutcome:
        """How the charge stands by now. Every order that is asked about counts as received."""
        behaviour, _, _ = self._open(order.token)
        age = self.clock.now() - order.ordered_at
        if behaviour in ("later_approve", "later_decline") and age < ANSWER_AFTER:
            return _PENDING
        if behaviour == "confirm":
            expired = age >= CONFIRM_WITHIN
            return ChargeOutcome("declined", "confirmation_expired") if expired else ChargeOutcome("needs_confirmation")
        declined = _DECLINES.get(behaviour)
        return ChargeOutcome("declined", declined) if declined else _APPROVED

    def refund(self, order: RefundOrder) -> RefundOutcome:
        """The outcome of the amount's behaviour, or of the card's; what is lost or answered later says nothing at first."""
        behaviour = self._refunding(order)
        if behaviour == "lose" or (behaviour.startswith("say nothing") and self._early(order)):
            raise AcquirerSilent
        return self.find_refund(order)

    def find_refund(self, order: RefundOrder) -> RefundOutcome:
        """How it stands by now."""
        behaviour = self._refunding(order)
        if behaviour == "lose":
            return RefundOutcome("declined", "refund_not_received")
        if "then" in behaviour and self._early(order):
            return RefundOutcome("pending")
        declined: RefundDecline = "refund_declined"
        return RefundOutcome("declined", declined) if behaviour.endswith("decline") else RefundOutcome("approved")

    def credit(self, order: CreditOrder) -> CreditOutcome:
        """The outcome of the amount's behaviour, or of the card's; what is lost or answered later says nothing at first."""
        behaviour = self._crediting(order)
        if behaviour == "lose" or (behaviour.startswith("say nothing") and self._early(order)):
            raise AcquirerSilent
        return self.find_credit(order)

    def find_credit(self, order: CreditOrder) -> CreditOutcome:
        """How it stands by now. What a bank takes back, or says otherwise, it does after two days."""
        at_first, _, then = self._crediting(order).partition(", then ")
        if at_first == "lose":
            return CreditOutcome("declined", "withdrawal_not_received")
        if at_first in ("take", "say nothing"):
            return CreditOutcome("pending") if self._early(order) else _CREDITED[then]
        is_later = self.clock.now() - order.ordered_at >= RETURNED_AFTER
        return _CREDITED[then if then and is_later else at_first]

    def _crediting(self, order: CreditOrder) -> str:
        card, _, _ = self._open(order.token)
        return CREDITS.get(order.amount.amount) or CREDITED.get(card, "approve")

    def _refunding(self, order: RefundOrder) -> str:
        card, _, _ = self._open(order.token)
        return REFUNDS.get(order.amount.amount, "decline" if card == "decline" else "approve")

    def _early(self, order: RefundOrder | CreditOrder) -> bool:
        return self.clock.now() - order.ordered_at < ANSWER_AFTER

    def _send_confirmation(self, order: ChargeOrder) -> None:
        _, phone, last4 = self._open(order.token)
        code = self._code(order.token, order.reference)
        self._text(
            phone,
            f"【银行/Bank】{code} 是确认尾号{last4}银行卡充值的验证码，10分钟内有效，请勿告诉他人。 "
            f"{code} is the code to confirm the charge to your card ending in {last4}. It is valid for 10 minutes.",
        )

    def _text(self, phone: str, text: str) -> None:
        try:
            self.sms.send(phone, text)
        except MessageNotSent:
            raise AcquirerSilent from None

    def _code(self, token: str, purpose: str) -> str:
        number = int.from_bytes(self.keys.digest("sandbox issuer code", token, purpose)[:8], "big")
        return f"{number % 1_000_000:06}"

    def _is_code(self, code: str, token: str, purpose: str) -> bool:
        return same(code.encode(), self._code(token, purpose).encode())

    def _cipher(self, version: int) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        return AESGCM(self.keys.digest("sandbox token", version=version))

    def _open(self, token: str) -> tuple[str, str, str]:
        """What the token seals, under whichever key it was made with. Raises LookupError for none of ours."""
        from cryptography.exceptions import InvalidTag

        sealed = token.removeprefix("tok_")
        raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        for version in self.keys.versions:
            try:
                behaviour, phone, last4 = json.loads(self._cipher(version).decrypt(raw[:12], raw[12:], None))
            except InvalidTag:
                continue
            return behaviour, phone, last4
        raise LookupError("this token is none of the sandbox's")
