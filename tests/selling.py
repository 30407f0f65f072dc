"""Owners, their merchants and keys for tests, made the way real ones are: over HTTP."""

import secrets
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from http_message_signatures import ContentDigest, HTTPMessageSigner, MappingKeyResolver
from http_message_signatures.algorithms import ED25519, HMAC_SHA256

from dev.client import Answer, Api, _dumped
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_person, key

NUMBER = "8110701012800123456"
CREDIT_CODE = "91350100M000100Y43"
TEA: dict[str, Any] = {
    "legal_name": "昆明翠湖茶馆有限公司",
    "registration_number": CREDIT_CODE,
    "name": "翠湖茶馆",
    "latin_name": "CUIHU TEA HOUSE",
    "city": "昆明",
    "latin_city": "KUNMING",
    "category": "5814",
}
CONTACT = {"name": "李梅", "phone": "+8613800138000", "email": "mei@tea.example"}
ACCOUNT = {"bank": "中国银行", "holder_name": "昆明翠湖茶馆有限公司", "account_number": NUMBER}
WHOLE = {**TEA, "contact": CONTACT, "settlement_account": ACCOUNT}


def apply(api: Api, someone: Someone, *, idem: str | None = None, **fields: Any) -> Answer:
    """An application with everything, unless a field is given as None."""
    body = {name: value for name, value in {**WHOLE, **fields}.items() if value is not None}
    return api.post("/v1/merchant_applications", body, token=someone.token, key=idem or key())


def an_owner(api: Api, cloud: LocalCloud) -> tuple[Someone, str]:
    """A person with a PIN who applied for a merchant, and that merchant's id."""
    owner = a_person(api, cloud)
    return owner, str(apply(api, owner).ok(201)["merchant_id"])


def a_key(api: Api, token: str, merchant_id: str, *scopes: str, **fields: Any) -> Any:
    """A new key as its maker is shown it; without scopes, one that may do everything."""
    body = {"name": "till", **({"scopes": list(scopes)} if scopes else {}), **fields}
    return api.post(f"/v1/merchants/{merchant_id}/api_keys", body, token=token).ok(201)


def an_owned_shop(api: Api, cloud: LocalCloud) -> tuple[Someone, Shop]:
    """An owner, and the merchant with a key that may do everything."""
    owner, merchant_id = an_owner(api, cloud)
    return owner, Shop(merchant_id, a_key(api, owner.token, merchant_id)["secret"])


def an_outlet(api: Api, shop: Shop, *, idem: str | None = None, **fields: Any) -> Answer:
    """A place of the merchant's."""
    return api.post("/v1/outlets", {"name": "Cuihu Lake", **fields}, token=shop.key, key=idem or key())


class Signer:
    """A merchant's server that signs, with the library that others use."""

    COVERED = ("@method", "@authority", "@path", "@query", "idempotency-key", "content-type", "content-digest")

    def __init__(self, api: Api, cloud: LocalCloud, shop: Shop, key_id: str, key: Any) -> None:
        self.api, self.cloud, self.shop, self.key_id = api, cloud, shop, key_id
        self._key = key
        self.algorithm = HMAC_SHA256 if isinstance(key, bytes) else ED25519

    def prepared(self, method: str, path: str, body: Any = None, **options: Any) -> SimpleNamespace:
        """A signed request that was not sent yet. `options`: created, nonce, covered, algorithm, key, headers."""
        raw = None if body is None else _dumped(body)
        headers: dict[str, str] = {"Host": f"127.0.0.1:{self.api.port}", "Authorization": f"Bearer {self.shop.key}"}
        if method != "GET":
            headers["Idempotency-Key"] = key()
        if raw is not None:
            headers |= {"Content-Type": "application/json", "Content-Digest": ContentDigest.create(raw)}
        headers |= options.pop("headers", {})
        message = SimpleNamespace(
            method=method, url=f"http://127.0.0.1:{self.api.port}{path}", headers=headers, raw=raw
        )
        self.sign(message, **options)
        return message

    def sign(self, message: SimpleNamespace, **options: Any) -> None:
        covered = options.pop("covered", None) or [
            name for name in self.COVERED if name.startswith("@") or name in {each.lower() for each in message.headers}
        ]
        if not urlsplit(message.url).query and "@query" in covered:
            covered = [name for name in covered if name != "@query"]
        algorithm = options.pop("algorithm", self.algorithm)
        key_id, used = options.pop("key_id", self.key_id), options.pop("key", self._key)
        resolver = MappingKeyResolver(public_keys={}, private_keys={key_id: used})
        HTTPMessageSigner(signature_algorithm=algorithm, key_resolver=resolver).sign(
            message,
            key_id=key_id,
            created=options.pop("created", self.cloud.clock.now()),
            nonce=options.pop("nonce", secrets.token_urlsafe(18)),
            label="sig1",
            covered_component_ids=covered,
            include_alg=options.pop("include_alg", False),
            use_existing_digest="Content-Digest" in message.headers,
            **options,
        )

    def send(self, message: SimpleNamespace, change: Callable[[SimpleNamespace], None] | None = None) -> Answer:
        """Sends what was signed; `change` is what somebody does to it on the way."""
        if change is not None:
            change(message)
        path = message.url.partition(f":{self.api.port}")[2]
        return self.api.call(message.method, path, body=message.raw, headers=dict(message.headers))

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Answer:
        return self.send(self.prepared(method, path, body, **options))


def a_signer(api: Api, cloud: LocalCloud, shop: Shop, algorithm: str = "ed25519") -> Signer:
    """A server of the merchant's with a signing key that was registered over HTTP."""
    from base64 import b64decode, b64encode

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    path, body = f"/v1/merchants/{shop.id}/signing_keys", {"name": "server", "algorithm": algorithm}
    if algorithm == "hmac-sha256":
        made = api.post(path, body, token=shop.key).ok(201)
        return Signer(api, cloud, shop, made["id"], b64decode(made["secret"]))
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    made = api.post(path, {**body, "public_key": b64encode(public).decode()}, token=shop.key).ok(201)
    return Signer(api, cloud, shop, made["id"], private)
