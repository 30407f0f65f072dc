"""Moves that a device signs, or that a code beside the PIN allows: a challenge is used with the money, once."""

from collections.abc import Callable
from typing import Any

from dev.client import Answer
from tests.build import PIN, key
from tests.faults.scenario import AMOUNT, DONE, MADE, Act, Scenario
from tests.faults.stage import Stage
from tests.shopping import a_payment
from tests.signing import Phone, a_phone_of, an_authenticator, ask, ask_transfer, code_yes, pay, transfer

MISMATCH, FORGED = (403, "authorization_mismatch"), (403, "wrong_signature")
VOID = (403, "authorization_used")
PHONE, AUTHENTICATOR = "ada's phone", "ada's authenticator"


def _phone(stage: Stage) -> Phone:
    if PHONE not in stage.kept:
        stage.kept[PHONE] = a_phone_of(stage.api, stage.ada)
    phone: Phone = stage.kept[PHONE]
    return phone


def _transfer_with(stage: Stage, proof: dict[str, Any], amount: int = AMOUNT) -> Act:
    stage.again = lambda: transfer(stage.api, stage.ada, stage.bo, AMOUNT, proof, idem=key())
    return lambda idem: transfer(stage.api, stage.ada, stage.bo, amount, proof, idem=idem)


def _signed_transfer(stage: Stage) -> Act:
    phone = _phone(stage)
    return _transfer_with(stage, phone.yes(ask_transfer(stage.api, stage.ada, stage.bo, AMOUNT)))


def _unnamed_challenge(stage: Stage) -> Act:
    phone = _phone(stage)
    proof = phone.yes(ask_transfer(stage.api, stage.ada, stage.bo, AMOUNT))
    del proof["challenge_id"]
    return _transfer_with(stage, proof)


def _too_large_signed_transfer(stage: Stage) -> Act:
    phone = _phone(stage)
    proof = phone.yes(ask_transfer(stage.api, stage.ada, stage.bo, 4_000_00))
    return lambda idem: transfer(stage.api, stage.ada, stage.bo, 4_000_00, proof, idem=idem)


def _signed_for_less(stage: Stage) -> Act:
    phone = _phone(stage)
    return _transfer_with(stage, phone.yes(ask_transfer(stage.api, stage.ada, stage.bo, AMOUNT)), AMOUNT + 1)


def _forged(stage: Stage) -> Act:
    thief = Phone()
    thief.id = _phone(stage).id
    return _transfer_with(stage, thief.yes(ask_transfer(stage.api, stage.ada, stage.bo, AMOUNT)))


def _signed_payment(stage: Stage) -> Act:
    phone, payment = _phone(stage), a_payment(stage.api, stage.shop, AMOUNT)["id"]
    proof = phone.yes(ask(stage.api, stage.ada, "payment", payment_id=payment).ok(201))
    stage.again = lambda: pay(stage.api, stage.ada, a_payment(stage.api, stage.shop, AMOUNT)["id"], proof)
    return lambda idem: pay(stage.api, stage.ada, payment, proof, idem=idem)


def _browser_payment(stage: Stage) -> Act:
    """A browser's counter grows with the money: `signatures` of the device's item is one more action of the write."""
    phone, payment = _phone(stage), a_payment(stage.api, stage.shop, AMOUNT)["id"]
    stage.counted += 1
    asked = ask(stage.api, stage.ada, "payment", payment_id=payment).ok(201)
    proof = phone.browser_yes(asked, stage.wallet.settings.public_url, counter=stage.counted)
    stage.again = lambda: pay(stage.api, stage.ada, a_payment(stage.api, stage.shop, AMOUNT)["id"], proof)
    return lambda idem: pay(stage.api, stage.ada, payment, proof, idem=idem)


def _by_sms(stage: Stage) -> Act:
    stage.cloud.clock.advance("25h")  # a day has only so many messages
    stage.fresh()
    asked = ask_transfer(stage.api, stage.ada, stage.bo, AMOUNT, pin=PIN)
    return _transfer_with(stage, code_yes(stage.api, stage.cloud, stage.ada, asked))


def _by_authenticator(stage: Stage) -> Act:
    if AUTHENTICATOR not in stage.kept:
        stage.kept[AUTHENTICATOR] = an_authenticator(stage.api, stage.cloud, stage.ada)
    code: Callable[[], str] = stage.kept[AUTHENTICATOR]
    asked = ask_transfer(stage.api, stage.ada, stage.bo, AMOUNT, pin=PIN)
    return _transfer_with(stage, {"challenge_id": asked["challenge_id"], "code": code()})


def _challenge_is_over(stage: Stage, _answers: list[Answer]) -> None:
    """A46: used or voided, it moves nothing under any other key."""
    assert stage.again is not None
    again = stage.again()
    assert again.status == 403, again.text
    assert again.json["code"] in ("authorization_used", "authorization_mismatch"), again.text


TRANSFERS, CONFIRM = "POST /v1/transfers", "POST /v1/payments/{payment_id}/confirm"

SCENARIOS = (
    Scenario(TRANSFERS, "is signed", _signed_transfer, MADE, 1, check=_challenge_is_over),
    Scenario(TRANSFERS, "is signed over the newest challenge", _unnamed_challenge, MADE, 1, check=_challenge_is_over),
    Scenario(TRANSFERS, "is signed and too large", _too_large_signed_transfer, ((402, "insufficient_funds"),)),
    Scenario(TRANSFERS, "is signed for less", _signed_for_less, (MISMATCH, VOID), check=_challenge_is_over),
    Scenario(TRANSFERS, "is forged", _forged, (FORGED, VOID), check=_challenge_is_over),
    Scenario(TRANSFERS, "by a code that was sent", _by_sms, MADE, 1, check=_challenge_is_over),
    Scenario(TRANSFERS, "by a code of the authenticator", _by_authenticator, MADE, 1, check=_challenge_is_over),
    Scenario(CONFIRM, "is signed", _signed_payment, DONE, 1, check=_challenge_is_over),
    Scenario(CONFIRM, "is signed by a browser", _browser_payment, DONE, 1, check=_challenge_is_over),
)  # fmt: skip
