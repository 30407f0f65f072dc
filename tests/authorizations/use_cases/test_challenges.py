"""Which yes the server wants, by the risk of the move; codes over HTTP."""

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import (
    PIN,
    Someone,
    balance_of,
    cny,
    refused,
    send,
    signed_in_again,
)
from tests.crowd import at_once
from tests.signing import (
    BALANCE,
    Phone,
    an_authenticator,
    ask,
    ask_transfer,
    changed_just_now,
    code_yes,
    send_code,
    transfer,
)


def test_a_high_amount_to_somebody_new_needs_more_than_the_pin(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    problem = refused(send(api, ada, bo, 5_000_01), 403, "step_up_required")
    assert (problem["reason"], problem["methods"], problem["retry"]) == ("new_payee", "sms", "same_key")

    proof = code_yes(api, cloud, ada, ask_transfer(api, ada, bo, 5_000_01, pin=PIN))
    transfer(api, ada, bo, 5_000_01, proof).ok(201)

    send(api, ada, bo, 5_000_02).ok(201)  # to somebody known by now the PIN is enough


def test_a_code_of_the_authenticator_works_once_a27(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """A27, A46: and only for the challenge that it was given with."""
    totp = an_authenticator(api, cloud, ada)
    first = ask_transfer(api, ada, bo, 6_000_00, pin=PIN)
    second = ask_transfer(api, ada, bo, 6_000_00, pin=PIN)
    assert first["methods"] == ["totp", "sms"]
    code = totp()
    transfer(api, ada, bo, 6_000_00, {"challenge_id": first["challenge_id"], "code": code}).ok(201)
    again = transfer(api, ada, bo, 6_000_00, {"challenge_id": second["challenge_id"], "code": code})
    refused(again, 403, "wrong_factor")


def test_codes_are_for_who_shows_the_pin(api: Api, ada: Someone, bo: Someone, phone: Phone) -> None:
    """A47, A49: a code reaches the phone that may be in a thief's hand, so it never stands alone."""
    refused(ask(api, ada, "transfer", to={"user_id": bo.id}, amount=cny(6_000_00)), 403, "payment_pin_required")
    wrong = ask(api, ada, "transfer", to={"user_id": bo.id}, amount=cny(6_000_00), pin="907352")
    assert refused(wrong, 403, "wrong_payment_pin")["attempts_left"] == 4

    small = ask_transfer(api, ada, bo, 700)
    refused(send_code(api, ada, small), 403, "payment_pin_required")
    proof = {"challenge_id": small["challenge_id"], "code": "123456"}
    refused(transfer(api, ada, bo, 700, proof), 403, "payment_pin_required")


def test_wrong_pins_that_ask_lock_the_pin_a49(api: Api, ada: Someone, bo: Someone) -> None:
    """A49, A12: asking is a guess like any other, and a right one forgives those before it."""
    for right in ("907352", "907352", PIN):
        ask(api, ada, "transfer", to={"user_id": bo.id}, amount=cny(1), pin=right)
    answers = at_once(
        api,
        lambda client, n: ask(client, ada, "transfer", to={"user_id": bo.id}, amount=cny(1), pin=f"{700000 + n}"),
        range(20),
    )
    codes = [answer.json["code"] for answer in answers]
    assert codes.count("wrong_payment_pin") == 5
    assert codes.count("payment_pin_locked") + codes.count("payment_pin_busy") == 15, "none of the others is evaluated"
    refused(ask(api, ada, "transfer", to={"user_id": bo.id}, amount=cny(1), pin=PIN), 403, "payment_pin_locked")


def test_five_wrong_codes_end_the_code_a20(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """A20, A49: then the move is begun anew."""
    asked = ask_transfer(api, ada, bo, 6_000_00, pin=PIN)
    proof = code_yes(api, cloud, ada, asked)
    wrong = {**proof, "code": f"{(int(proof['code']) + 1) % 1_000_000:06}"}
    for _ in range(5):
        refused(transfer(api, ada, bo, 6_000_00, wrong), 403, "wrong_code")
    refused(transfer(api, ada, bo, 6_000_00, proof), 403, "code_used_up")


def test_a_phone_that_was_just_changed_gets_no_code_a25(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """A25: more than a little needs what the new phone does not give, for a day."""
    changed_just_now(cloud, ada)
    send(api, ada, bo, 1_000_00).ok(201)
    refused(send(api, ada, bo, 1_000_01), 403, "step_up_unavailable")
    totp = an_authenticator(api, cloud, ada)
    assert refused(send(api, ada, bo, 1_000_01), 403, "step_up_required")["methods"] == "totp"
    asked = ask_transfer(api, ada, bo, 200_01, pin=PIN)
    refused(send_code(api, ada, asked), 403, "method_not_accepted")
    transfer(api, ada, bo, 200_01, {"challenge_id": asked["challenge_id"], "code": totp()}).ok(201)

    cloud.clock.advance("24h")
    send(api, signed_in_again(api, ada), bo, 200_01).ok(201)


def test_nobody_pays_with_a_weaker_method_or_none_a47(api: Api, ada: Someone, bo: Someone) -> None:
    """A47: leaving the proof out, giving null, half a form or two forms at once is no way around it."""
    asked = ask_transfer(api, ada, bo, 9_000_00, pin=PIN)
    whole = {"challenge_id": asked["challenge_id"], "code": "123456"}
    for proof in ({}, {"pin": None}, {"code": "123456"}, {"challenge_id": asked["challenge_id"]},
                  {**whole, "pin": PIN}, {"device_id": "dev_" + "0" * 26}, {"signature": "AAAA"},
                  {"device_id": "dev_1", "signature": "AAAA"}, {**whole, "challenge_id": "x"}):  # fmt: skip
        refused(transfer(api, ada, bo, 9_000_00, proof), 422, "invalid_request")
    refused(transfer(api, ada, bo, 9_000_00, {"pin": PIN}), 403, "step_up_required")
    assert balance_of(api, ada) == BALANCE
