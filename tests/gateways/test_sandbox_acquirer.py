"""The sandbox acquirer: what each magic number does, what its tokens hide, and that it needs no memory."""

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.banking import (
    APPROVES,
    APPROVES_UNIONPAY,
    DECLINES,
    EXPIRED,
    LATER_APPROVES,
    LATER_DECLINES,
    MAGIC,
    NEEDS_CODE,
    SHORT,
    UNVERIFIABLE,
    wrong,
)
from wallet_api.gateways.acquirer import AcquirerSilent, CardDetails, ChargeOrder, RefundOrder, RefundOutcome
from wallet_api.gateways.errors import MessageNotSent
from wallet_api.gateways.sandbox_acquirer import ANSWER_AFTER, CONFIRM_WITHIN, REFUNDS, SandboxAcquirer
from wallet_api.money import Money
from wallet_api.storage.keys import Keys

PHONE = "+8613812345678"


class Now:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Phones:
    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []

    def send(self, to: str, text: str) -> None:
        self.texts.append((to, text))

    def code(self) -> str:
        return next(word for word in self.texts[-1][1].replace("】", " ").split() if word.isdigit() and len(word) == 6)


class DeadPhones:
    def send(self, to: str, text: str) -> None:
        raise MessageNotSent


def an_acquirer(phones: Phones | DeadPhones | None = None, clock: Now | None = None) -> SandboxAcquirer:
    return SandboxAcquirer(Keys.from_text("k" * 40), clock or Now(), phones or Phones())


def details(number: str = APPROVES, phone: str = PHONE) -> CardDetails:
    return CardDetails(number, 12, 2035, "ZHANG WEI", phone)


def an_order(acquirer: SandboxAcquirer, number: str) -> ChargeOrder:
    token = acquirer.tokenise("ref", details(number)).token
    return ChargeOrder("top_1", token, Money(100, "CNY"), acquirer.clock.now())


@pytest.mark.parametrize("number", MAGIC)
def test_a_token_hides_the_number_and_the_phone(number: str) -> None:
    """D4."""
    kept = an_acquirer().tokenise("ref", details(number))
    raw = urlsafe_b64decode(kept.token[4:] + "=" * (-len(kept.token[4:]) % 4))
    for secret in (number, PHONE, number[:6]):
        assert secret not in kept.token + kept.fingerprint + repr(kept) + repr(details(number))
        assert secret.encode() not in raw


def test_a_reference_is_answered_alike_and_every_other_with_another_token() -> None:
    """D3, D4: the fingerprint is of the number, the token of the binding."""
    acquirer = an_acquirer()
    first, again, other = (acquirer.tokenise(reference, details()) for reference in ("a", "a", "b"))
    assert first == again
    assert first.token != other.token
    assert first.fingerprint == other.fingerprint != acquirer.tokenise("a", details(DECLINES)).fingerprint


def test_a_token_of_somebody_elses_making_opens_nothing() -> None:
    token = an_acquirer().tokenise("ref", details()).token
    forged = token[:-6] + ("AAAAAA" if token[-6:] != "AAAAAA" else "BBBBBB")
    with pytest.raises(LookupError):
        an_acquirer().verify(forged, "123456")


def test_the_issuer_texts_a_code_to_the_phone_of_the_card_and_knows_it_in_any_container() -> None:
    phones = Phones()
    token = an_acquirer(phones).tokenise("ref", details()).token
    an_acquirer(phones).send_code(token)
    assert phones.texts[0][0] == PHONE
    assert an_acquirer().verify(token, wrong(phones.code())) == "wrong_code"
    assert an_acquirer().verify(token, phones.code()) == "verified"
    other = an_acquirer().tokenise("another", details()).token
    assert an_acquirer().verify(other, phones.code()) == "wrong_code"


def test_a_token_outlives_the_rotation_of_our_keys() -> None:
    old, both = Keys({1: b"o" * 40}), Keys({1: b"o" * 40, 2: b"n" * 40})
    order = an_order(SandboxAcquirer(old, Now(), Phones()), DECLINES)
    assert SandboxAcquirer(both, Now(), Phones()).charge(order).decline_code == "card_declined"


def test_one_issuer_confirms_nothing() -> None:
    phones = Phones()
    acquirer = an_acquirer(phones)
    token = acquirer.tokenise("ref", details(UNVERIFIABLE)).token
    acquirer.send_code(token)
    assert acquirer.verify(token, phones.code()) == "refused"


@pytest.mark.parametrize(
    ("number", "status", "decline_code"),
    [
        (APPROVES, "approved", None),
        (APPROVES_UNIONPAY, "approved", None),
        ("5555555555554444", "approved", None),
        (DECLINES, "declined", "card_declined"),
        (SHORT, "declined", "card_insufficient_funds"),
        (EXPIRED, "declined", "card_expired"),
    ],
)
def test_a_charge_ends_as_its_number_says_however_often_it_is_sent(
    number: str, status: str, decline_code: str | None
) -> None:
    acquirer = an_acquirer()
    order = an_order(acquirer, number)
    outcomes = [acquirer.charge(order), acquirer.charge(order), acquirer.find(order)]
    assert {(outcome.status, outcome.decline_code) for outcome in outcomes} == {(status, decline_code)}


@pytest.mark.parametrize(("number", "status"), [(LATER_APPROVES, "approved"), (LATER_DECLINES, "declined")])
def test_no_answer_at_first_and_a_final_one_after_a_minute(number: str, status: str) -> None:
    clock = Now()
    acquirer = an_acquirer(clock=clock)
    order = an_order(acquirer, number)
    with pytest.raises(AcquirerSilent):
        acquirer.charge(order)
    clock.moment += ANSWER_AFTER - timedelta(seconds=1)
    assert acquirer.find(order).status == "pending"
    clock.moment += timedelta(seconds=1)
    assert [acquirer.find(order).status, acquirer.charge(order).status] == [status, status]


def test_a_charge_that_needs_a_code_is_approved_by_its_own_code_alone() -> None:
    clock, phones = Now(), Phones()
    acquirer = an_acquirer(phones, clock)
    order = an_order(acquirer, NEEDS_CODE)
    assert acquirer.charge(order).status == "needs_confirmation"
    code = phones.code()
    assert acquirer.confirm(order, wrong(code)).status == "wrong_code"
    assert acquirer.confirm(order, code).status == "approved"
    assert acquirer.confirm(replace(order, reference="top_2"), code).status == "wrong_code"
    clock.moment += CONFIRM_WITHIN
    assert acquirer.confirm(order, code).decline_code == "confirmation_expired"


def test_a_phone_that_cannot_be_reached_is_an_acquirer_that_does_not_answer() -> None:
    acquirer = an_acquirer(DeadPhones())
    with pytest.raises(AcquirerSilent):
        acquirer.send_code(acquirer.tokenise("ref", details()).token)


def test_forgetting_a_card_can_be_repeated() -> None:
    acquirer = an_acquirer()
    token = acquirer.tokenise("ref", details()).token
    for _ in range(2):
        acquirer.detach(token)


def told_of_refund(acquirer: SandboxAcquirer, order: RefundOrder) -> str:
    """What it says when it is sent, in one word."""
    try:
        outcome = acquirer.refund(order)
    except AcquirerSilent:
        return "silent"
    return outcome.status


REFUND_ENDS = {
    "decline": ("declined", RefundOutcome("declined", "refund_declined")),
    "take, then approve": ("pending", RefundOutcome("approved")),
    "take, then decline": ("pending", RefundOutcome("declined", "refund_declined")),
    "say nothing, then approve": ("silent", RefundOutcome("approved")),
    "say nothing, then decline": ("silent", RefundOutcome("declined", "refund_declined")),
    "lose": ("silent", RefundOutcome("declined", "refund_not_received")),
}


@pytest.mark.parametrize(("amount", "behaviour"), REFUNDS.items())
def test_magic_amounts_reach_every_end_of_a_refund(amount: int, behaviour: str) -> None:
    """What is sent again, and what is asked about, is answered alike."""
    clock = Now()
    acquirer = an_acquirer(clock=clock)
    details = CardDetails(APPROVES, 12, 2035, "ZHANG WEI", PHONE)
    token = acquirer.tokenise("crd_1", details).token
    order = RefundOrder("ref_1", token, Money(amount, "CNY"), clock.now(), None)
    at_first, end = REFUND_ENDS[behaviour]
    assert [told_of_refund(acquirer, order) for _ in range(2)] == [at_first] * 2
    clock.sleep(ANSWER_AFTER.total_seconds())
    assert acquirer.find_refund(order) == end


@pytest.mark.parametrize(
    ("number", "status"), [(APPROVES, "approved"), (LATER_APPROVES, "approved"), (DECLINES, "declined")]
)
def test_any_other_amount_ends_as_the_card_takes_it(number: str, status: str) -> None:
    acquirer = an_acquirer()
    token = acquirer.tokenise("crd_1", CardDetails(number, 12, 2035, "ZHANG WEI", PHONE)).token
    order = RefundOrder("ref_1", token, Money(100, "CNY"), Now().now(), "top_1")
    assert acquirer.refund(order).status == acquirer.find_refund(order).status == status
