"""A yes is for one move, once: signatures of phones and browsers over HTTP."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import (
    PIN,
    Shop,
    Someone,
    a_person,
    balance_of,
    cny,
    key,
    refused,
)
from tests.crowd import at_once
from tests.shopping import a_payment
from tests.signing import (
    BALANCE,
    Phone,
    a_phone_of,
    ask,
    ask_transfer,
    pay,
    sign_in,
    text,
    transfer,
)


def test_a_finger_pays_in_place_of_the_pin(api: Api, ada: Someone, shop: Shop, phone: Phone) -> None:
    payment = a_payment(api, shop)["id"]
    asked = ask(api, ada, "payment", payment_id=payment).ok(201)

    assert asked["methods"] == ["pin", "device_signature"]
    assert pay(api, ada, payment, phone.yes(asked)).ok(200)["status"] == "succeeded"


def test_an_ed25519_key_signs_as_well(api: Api, ada: Someone, bo: Someone) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    phone = a_phone_of(api, ada, Phone(Ed25519PrivateKey.generate()))
    transfer(api, ada, bo, 700, phone.yes(ask_transfer(api, ada, bo, 700))).ok(201)


def test_without_its_id_a_signature_is_over_the_newest_challenge(
    api: Api, ada: Someone, bo: Someone, phone: Phone
) -> None:
    ask_transfer(api, ada, bo, 100)
    proof = phone.yes(ask_transfer(api, ada, bo, 700))
    del proof["challenge_id"]
    transfer(api, ada, bo, 700, proof).ok(201)


@pytest.mark.parametrize("changed", ["payee", "amount", "currency", "quote", "operation"])
def test_a_changed_field_is_refused_and_voids_the_challenge_a46(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, shop: Shop, phone: Phone, changed: str
) -> None:
    """A46: authorised for one move, executed with any field changed: refused, and the true one is refused after it."""
    asked = ask_transfer(api, ada, bo, 700)
    proof = phone.yes(asked)
    if changed == "payee":
        answer = transfer(api, ada, a_person(api, cloud), 700, proof)
    elif changed == "amount":
        answer = transfer(api, ada, bo, 701, proof)
    elif changed == "currency":
        body = {"to": {"user_id": bo.id}, "amount": {"amount": 700, "currency": "USD"}, "authorization": proof}
        answer = api.post("/v1/transfers", body, token=ada.token, key=key())
    elif changed == "quote":
        quoted = {"operation": "transfer", "amount": cny(700), "payee": {"user_id": bo.id}}
        quote = api.post("/v1/fee_quotes", quoted, token=ada.token, key=key()).ok(201)["id"]
        answer = transfer(api, ada, bo, 700, proof, quote_id=quote)
    else:
        answer = pay(api, ada, a_payment(api, shop, 700)["id"], proof)

    refused(answer, 403, "authorization_mismatch")
    refused(transfer(api, ada, bo, 700, proof), 403, "authorization_used")
    assert balance_of(api, ada) == BALANCE


def test_a_yes_is_used_once_a46(api: Api, ada: Someone, bo: Someone, phone: Phone) -> None:
    """A46: the second use is refused, also with another kind of proof for the same challenge."""
    asked = ask_transfer(api, ada, bo, 700, pin=PIN)
    proof = phone.yes(asked)
    transfer(api, ada, bo, 700, proof).ok(201)

    refused(transfer(api, ada, bo, 700, proof), 403, "authorization_used")
    code = {"challenge_id": asked["challenge_id"], "code": "123456"}
    refused(transfer(api, ada, bo, 700, code), 403, "authorization_used")
    assert balance_of(api, bo) == 700


def test_of_sixteen_uses_at_once_one_moves_money_a46(api: Api, ada: Someone, bo: Someone, phone: Phone) -> None:
    """A46: that the challenge is open is a condition of the money's own write."""
    proof = phone.yes(ask_transfer(api, ada, bo, 700))
    answers = at_once(api, lambda client, _: transfer(client, ada, bo, 700, proof), range(16))

    assert [answer.status for answer in answers].count(201) == 1
    assert {answer.json["code"] for answer in answers if answer.status != 201} <= {
        "authorization_used",
        "storage_busy",
    }
    assert balance_of(api, bo) == 700


def test_a_challenge_lives_five_minutes_a46(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, phone: Phone
) -> None:
    """A46: after its expiry a right signature moves nothing."""
    proof = phone.yes(ask_transfer(api, ada, bo, 700))
    cloud.clock.advance("301s")
    refused(transfer(api, ada, bo, 700, proof), 403, "authorization_expired")


def test_a_wrong_signature_voids_the_challenge(api: Api, ada: Someone, bo: Someone, phone: Phone) -> None:
    asked = ask_transfer(api, ada, bo, 700)
    thief = Phone()
    thief.id = phone.id
    refused(transfer(api, ada, bo, 700, thief.yes(asked)), 403, "wrong_signature")
    refused(transfer(api, ada, bo, 700, phone.yes(asked)), 403, "authorization_used")


@pytest.mark.parametrize("damaged", [b"", b"\x00" * 64, b"\x30\x06\x02\x01\x00\x02\x01\x00", b"x" * 72])
def test_what_is_no_signature_is_a_wrong_one(api: Api, ada: Someone, bo: Someone, phone: Phone, damaged: bytes) -> None:
    from base64 import b64encode

    proof = phone.yes(ask_transfer(api, ada, bo, 700))
    answer = transfer(api, ada, bo, 700, {**proof, "signature": b64encode(damaged or b"\x00").decode()})
    refused(answer, 403, "wrong_signature")


def test_a_challenge_is_its_sessions_alone(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """Another person's challenge, and one of another session of one's own, are as missing as an unknown one."""
    a_phone_of(api, ada)
    eve = a_person(api, cloud, balance=100_00)
    hers = a_phone_of(api, eve)
    refused(transfer(api, eve, bo, 700, hers.yes(ask_transfer(api, ada, bo, 700))), 403, "authorization_used")
    elsewhere, _ = sign_in(api, cloud, ada)
    there = a_phone_of(api, elsewhere)
    refused(transfer(api, elsewhere, bo, 700, there.yes(ask_transfer(api, ada, bo, 700))), 403, "authorization_used")


def test_another_persons_device_signs_nothing(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """P1: a device is looked for among the caller's own, and must be the one that the session runs on."""
    a_phone_of(api, ada)
    eve = a_person(api, cloud)
    hers = a_phone_of(api, eve)
    refused(transfer(api, ada, bo, 700, hers.yes(ask_transfer(api, ada, bo, 700))), 403, "wrong_signature")
    elsewhere, _ = sign_in(api, cloud, ada)
    there = a_phone_of(api, elsewhere)
    refused(transfer(api, ada, bo, 700, there.yes(ask_transfer(api, ada, bo, 700))), 403, "wrong_signature")


class TestBrowsers:
    """WebAuthn Level 2, section 7.2, as far as an assertion over our challenge goes."""

    def test_a_browser_signs(self, api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, phone: Phone) -> None:
        asked = ask_transfer(api, ada, bo, 700)
        transfer(api, ada, bo, 700, phone.browser_yes(asked, cloud.wallet.settings.public_url)).ok(201)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"origin": "https://evil.example"},
            {"type": "webauthn.create"},
            {"challenge": text(b"another challenge")},
            {"crossOrigin": True},
            {"flags": 0x01},
            {"flags": 0x04},
        ],
        ids=str,
    )
    def test_an_assertion_for_something_else_is_refused(
        self, api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, phone: Phone, wrong: dict[str, Any]
    ) -> None:
        proof = phone.browser_yes(ask_transfer(api, ada, bo, 700), cloud.wallet.settings.public_url, **wrong)
        refused(transfer(api, ada, bo, 700, proof), 403, "wrong_signature")

    def test_an_assertion_of_another_site_is_refused(
        self, api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, phone: Phone
    ) -> None:
        ours = cloud.wallet.settings.public_url
        proof = phone.browser_yes(ask_transfer(api, ada, bo, 700), "https://evil.example", origin=ours)
        refused(transfer(api, ada, bo, 700, proof), 403, "wrong_signature")

    def test_a_counter_that_does_not_grow_is_a_copy(
        self, api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, phone: Phone
    ) -> None:
        url = cloud.wallet.settings.public_url
        for counter, status in ((7, 201), (7, 403), (6, 403), (0, 403), (8, 201)):
            proof = phone.browser_yes(ask_transfer(api, ada, bo, 700), url, counter=counter)
            assert transfer(api, ada, bo, 700, proof).status == status, counter

    def test_of_two_signatures_with_one_count_one_is_taken(
        self, api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, phone: Phone
    ) -> None:
        url = cloud.wallet.settings.public_url
        proofs = [phone.browser_yes(ask_transfer(api, ada, bo, 700), url, counter=3) for _ in range(4)]
        answers = at_once(api, lambda client, proof: transfer(client, ada, bo, 700, proof), proofs)
        assert [answer.status for answer in answers].count(201) == 1
