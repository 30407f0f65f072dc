"""Phones and browsers that hold a real key, and the steps of a strong yes over HTTP."""

import hashlib
import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from typing import Any
from urllib.parse import urlsplit

import pyotp
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests.build import PASSWORD, PIN, Someone, cny, code_to, key, signed_in_again

BALANCE = 30_000_00
"""What a payer of large amounts has, in fen."""

UP, UV = 0x01, 0x04


class Phone:
    """A device with its key behind a finger; P-256 unless it is given an Ed25519 key."""

    def __init__(self, private: EllipticCurvePrivateKey | Ed25519PrivateKey | None = None) -> None:
        self.private = private or generate_private_key(SECP256R1())
        self.id = ""

    @property
    def algorithm(self) -> str:
        return "Ed25519" if isinstance(self.private, Ed25519PrivateKey) else "ES256"

    @property
    def public_key(self) -> str:
        der = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b64encode(der).decode()

    def sign(self, message: bytes) -> bytes:
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(message)
        return self.private.sign(message, ECDSA(SHA256()))

    def yes(self, asked: Any, **changes: Any) -> dict[str, Any]:
        """The `authorization` for a challenge as the phone signs it."""
        signature = b64encode(self.sign(raw(asked["challenge"]))).decode()
        return {"device_id": self.id, "challenge_id": asked["challenge_id"], "signature": signature, **changes}

    def browser_yes(self, asked: Any, public_url: str, *, counter: int = 0, flags: int = UP | UV,
                    **said: Any) -> dict[str, Any]:  # fmt: skip
        """The same as a browser makes it (WebAuthn)."""
        place = urlsplit(public_url)
        document = {"type": "webauthn.get", "challenge": asked["challenge"],
                    "origin": f"{place.scheme}://{place.netloc}", "crossOrigin": False, **said}  # fmt: skip
        client_data = json.dumps(document).encode()
        rp_id = hashlib.sha256((place.hostname or "").encode()).digest()
        data = rp_id + bytes([flags]) + counter.to_bytes(4, "big")
        return {
            "device_id": self.id,
            "challenge_id": asked["challenge_id"],
            "authenticator_data": text(data),
            "client_data_json": text(client_data),
            "signature": text(self.sign(data + hashlib.sha256(client_data).digest())),
        }


def raw(encoded: str) -> bytes:
    return urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))


def text(plain: bytes) -> str:
    return urlsafe_b64encode(plain).decode().rstrip("=")


def register_key(api: Api, someone: Someone, phone: Phone, **proof: str) -> Answer:
    body = {"public_key": phone.public_key, "algorithm": phone.algorithm, **proof}
    return api.post("/v1/devices/current/key", body, token=someone.token)


def a_phone_of(api: Api, someone: Someone, phone: Phone | None = None) -> Phone:
    """A phone whose key is registered with the PIN, as the device of the person's present session."""
    phone = phone or Phone()
    phone.id = register_key(api, someone, phone, pin=PIN).ok(201)["id"]
    return phone


def a_trusted_phone_of(api: Api, cloud: LocalCloud, someone: Someone) -> tuple[Someone, Phone]:
    """The same a day later, when the key counts for more than the PIN."""
    phone = a_phone_of(api, someone)
    cloud.clock.advance("25h")
    return signed_in_again(api, someone), phone


def ask(api: Api, someone: Someone, operation: str, *, pin: str | None = None, **fields: Any) -> Answer:
    body = {"operation": operation, "fields": fields, **({} if pin is None else {"pin": pin})}
    return api.post("/v1/authorizations", body, token=someone.token)


def ask_transfer(api: Api, payer: Someone, payee: Someone, amount: int, **more: Any) -> Any:
    return ask(api, payer, "transfer", to={"user_id": payee.id}, amount=cny(amount), **more).ok(201)


def transfer(api: Api, payer: Someone, payee: Someone, amount: int, proof: dict[str, Any], **more: Any) -> Answer:
    idem = more.pop("idem", None) or key()
    body = {"to": {"user_id": payee.id}, "amount": cny(amount), "authorization": proof, **more}
    return api.post("/v1/transfers", body, token=payer.token, key=idem)


def pay(api: Api, someone: Someone, payment_id: str, proof: dict[str, Any], **more: Any) -> Answer:
    idem = more.pop("idem", None) or key()
    body = {"authorization": proof, **more}
    return api.post(f"/v1/payments/{payment_id}/confirm", body, token=someone.token, key=idem)


def send_code(api: Api, someone: Someone, asked: Any) -> Answer:
    return api.post(f"/v1/authorizations/{asked['challenge_id']}/send", {"method": "sms"}, token=someone.token)


def code_yes(api: Api, cloud: LocalCloud, someone: Someone, asked: Any) -> dict[str, Any]:
    """The `authorization` with a code that was sent for the challenge."""
    send_code(api, someone, asked).ok(202)
    return {"challenge_id": asked["challenge_id"], "code": code_to(cloud, someone.phone)}


def sign_in(api: Api, cloud: LocalCloud, someone: Someone, **device: str) -> tuple[Someone, Any]:
    """The same person on another device, or on a known one with its `token`; and the tokens as they came."""
    body = {"phone": someone.phone, "password": PASSWORD, "device": {"name": "A phone", "platform": "ios", **device}}
    challenge = api.post("/v1/sessions", body).ok(200)["challenge_id"]
    api.post(f"/v1/sessions/challenges/{challenge}/send", {"method": "sms"}).ok(202)
    proof = {"method": "sms", "code": code_to(cloud, someone.phone)}
    session = api.post(f"/v1/sessions/challenges/{challenge}/verify", proof).ok(201)["session"]
    there = Someone(someone.id, someone.phone, session["access_token"], session["refresh_token"])
    return there, session


def an_authenticator(api: Api, cloud: LocalCloud, someone: Someone) -> Any:
    """Enrols an authenticator; each call gives the next step's code."""
    secret = api.post("/v1/totp", {}, token=someone.token).ok(201)["secret"]

    def code() -> str:
        cloud.clock.advance("30s")
        return str(pyotp.TOTP(secret).at(cloud.clock.now()))

    api.post("/v1/totp/confirm", {"code": code()}, token=someone.token).ok()
    return code


def changed_just_now(cloud: LocalCloud, someone: Someone) -> None:
    """Marks the person's phone as one that took another's place now."""
    wallet = cloud.wallet
    items = wallet.people.items
    with wallet.storage.atomic_write() as write:
        write.update(items(someone.id, "person"), [items.contact_changed_at.set(wallet.clock.now())])
