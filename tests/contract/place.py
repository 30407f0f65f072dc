"""The place where bad input is sent: every endpoint there is, a wallet with somebody in it, and what every refusal holds."""

import hashlib
import re
import uuid
from dataclasses import dataclass
from typing import Any, cast

import pytest

from chalicelib import messages
from chalicelib.errors import status_of
from chalicelib.http import Endpoint
from chalicelib.messages import Locale
from chalicelib.routes import every as all_routes
from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from tests import build
from tests.contract.bodies import fields, schema_of
from wallet_api.errors import Invalid, WalletError
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer

ENDPOINTS = [each for routes in all_routes() for each in routes.endpoints]
WITH_BODY = [each for each in ENDPOINTS if each.body is not None]
WITH_KEY = [each for each in ENDPOINTS if each.idempotency == "required"]
WRITING = [each for each in ENDPOINTS if each.method not in ("GET", "HEAD")]
AN_ID = "pay_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"
LANGUAGES: tuple[Locale, Locale] = ("en", "zh-CN")


def name_of(each: Endpoint) -> str:
    return f"{each.method} {each.path}"


def takes(shape: Any, name: str) -> bool:
    """Whether a field of this name stands anywhere in a body."""
    return any(path[-1] == name for path, _ in fields(*schema_of(shape)))


def every(endpoints: list[Endpoint]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("each", endpoints, ids=name_of)


@dataclass
class Place:
    """A wallet with a person who has money and a merchant, and what all its tables hold."""

    api: Api
    cloud: LocalCloud
    person: build.Someone
    shop: build.Shop

    def tables(self) -> str:
        """A digest of every item of every table, but for when a try at a PIN was last taken: one that is given back leaves it,
        and `attempts`, which is in the digest, as it was.
        """
        digest = hashlib.sha256()
        for name in sorted(self.cloud.wallet.settings.tables.values()):
            items = self.cloud.engine.items(name, self.cloud.region)
            for item in items:
                item.pop("reserved_at", None)
            for text in sorted(repr(sorted(item.items())) for item in items):
                digest.update(f"{name} {text}\n".encode())
        return digest.hexdigest()

    def proof(self, each: Endpoint) -> list[tuple[str, str]]:
        """The Authorization header of a caller that the endpoint takes."""
        if Customer in each.callers:
            return [("Authorization", f"Bearer {self.person.token}")]
        return [("Authorization", f"Bearer {self.shop.key}")] if MerchantCaller in each.callers else []

    def send(
        self, each: Endpoint, raw: bytes | None, locale: Locale, *more: tuple[str, str], without: tuple[str, ...] = ()
    ) -> Answer:
        """A request that is right but for its body and what is given or left away."""
        headers = [*self.proof(each), ("Accept-Language", locale), ("Idempotency-Key", str(uuid.uuid4()))]
        if raw is not None:
            headers.append(("Content-Type", "application/json"))
        kept = [(name, value) for name, value in headers if name not in without]
        path = re.sub(r"\{\w+\}", AN_ID, each.path)
        if raw is None or "Content-Type" not in without:
            return self.api.call(each.method, path, body=raw, headers=[*kept, *more])
        return self.api.call(each.method, path, body=raw, headers=[*kept, *(more or [("Content-Type", "")])])


def problem_of(answer: Answer, locale: Locale, what: str, codes: tuple[str, ...]) -> dict[str, Any]:
    """P9, D15: what every refusal has in common."""
    assert 400 <= answer.status < 500, f"{what}: {answer.status} {answer.text[:300]}"
    assert answer.headers["content-type"] == "application/problem+json", what
    assert answer.headers["cache-control"] == "no-store", what
    shown = cast(dict[str, Any], answer.json)
    kind = WalletError.by_code[shown["code"]]
    expected = shown["code"] in codes or ("invalid_request" in codes and issubclass(kind, Invalid))
    assert expected, f"{what}: {answer.text[:500]}"
    assert shown["status"] == answer.status == status_of(kind), what
    assert shown["money_moved"] == "no", what
    assert shown["request_id"] == answer.headers["x-request-id"], what
    assert shown["title"] == messages.title(shown["code"], locale), what
    assert shown["detail"], what
    assert shown["type"].endswith(f"/docs/errors/{shown['code']}"), what
    assert not re.search(r'Traceback|File "|msgspec|DynamoDB|Exception', answer.text), what
    return shown
