"""A key that a device signs with: registered, replaced, trusted."""

from base64 import b64encode

from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import (
    PIN,
    Someone,
    refused,
)
from tests.signing import (
    Phone,
    a_phone_of,
    a_trusted_phone_of,
    an_authenticator,
    ask_transfer,
    register_key,
    transfer,
)


def test_a_key_counts_for_more_than_the_pin_after_a_day(api: Api, cloud: LocalCloud, ada: Someone, bo: Someone) -> None:
    """A47: else whoever saw the PIN would register a key with it and sign."""
    young = a_phone_of(api, ada)
    asked = ask_transfer(api, ada, bo, 6_000_00, pin=PIN)
    assert asked["methods"] == ["sms"]
    refused(transfer(api, ada, bo, 6_000_00, young.yes(asked)), 403, "method_not_accepted")

    ada, old = a_trusted_phone_of(api, cloud, ada)
    asked = ask_transfer(api, ada, bo, 6_000_00)
    assert asked["methods"] == ["device_signature"]
    transfer(api, ada, bo, 6_000_00, old.yes(asked)).ok(201)


def test_a_key_that_an_authenticator_registered_counts_at_once(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    totp = an_authenticator(api, cloud, ada)
    phone = Phone()
    phone.id = register_key(api, ada, phone, code=totp()).ok(201)["id"]
    transfer(api, ada, bo, 6_000_00, phone.yes(ask_transfer(api, ada, bo, 6_000_00))).ok(201)


def test_a_key_needs_the_pin_or_the_authenticator(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """A36: and a wrong one costs an attempt."""
    phone = Phone()
    refused(register_key(api, ada, phone), 403, "payment_pin_required")
    assert refused(register_key(api, ada, phone, pin="907352"), 403, "wrong_payment_pin")["attempts_left"] == 4
    refused(register_key(api, ada, phone, code="123456"), 403, "wrong_factor")
    refused(register_key(api, ada, phone, code="123456", pin=PIN), 422, "invalid_request")
    assert register_key(api, ada, phone, pin=PIN).ok(201)["key"]["algorithm"] == "ES256"
    assert refused(register_key(api, ada, phone, pin="907352"), 403, "wrong_payment_pin")["attempts_left"] == 4


def test_what_is_no_key_is_named(api: Api, ada: Someone) -> None:
    """A key of another kind than it is said to be, of another curve, private, or no key at all."""
    other_curve = Phone(generate_private_key(SECP384R1()))
    private = b64encode(Phone().private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()
    ed25519 = Phone(Ed25519PrivateKey.generate()).public_key
    for text_of_key, algorithm in (
        ("AAAA", "ES256"),
        (ed25519, "ES256"),
        (Phone().public_key, "Ed25519"),
        (other_curve.public_key, "ES256"),
        (private, "ES256"),
        (Phone().public_key[:-4], "ES256"),
    ):
        body = {"public_key": text_of_key, "algorithm": algorithm, "pin": PIN}
        problem = refused(api.post("/v1/devices/current/key", body, token=ada.token), 422, "invalid_request")
        assert [each["pointer"] for each in problem["errors"]] == ["/public_key"]


def test_a_new_key_ends_the_one_before(api: Api, ada: Someone, bo: Someone) -> None:
    before, after = a_phone_of(api, ada), a_phone_of(api, ada)
    assert before.id == after.id
    refused(transfer(api, ada, bo, 700, before.yes(ask_transfer(api, ada, bo, 700))), 403, "wrong_signature")
    transfer(api, ada, bo, 700, after.yes(ask_transfer(api, ada, bo, 700))).ok(201)


def test_the_owner_is_told_of_a_key(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    """A36."""
    a_phone_of(api, ada)
    cloud.wallet.notifications.send_due()
    assert "指纹" in cloud.inbox.messages(ada.phone)[0].shown()["text"]
