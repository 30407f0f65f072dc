"""Headers that decide, one by one; that each refusal is answered as a problem is held by the edge's own tests."""

from typing import Any

import pytest

from chalicelib import errors
from chalicelib.headers import FOR_EVERY_CLIENT, VERSION, idempotency_key, require_acceptable
from chalicelib.routes import every
from wallet_api.clients.errors import ClientMalformed
from wallet_api.clients.model import Client

CLIENT = Client("app", "ios", (3, 2, 1, 0))


class Clients:
    """Remembers who was asked about."""

    def __init__(self) -> None:
        self.asked: list[Client] = []

    def require_supported(self, client: Client) -> None:
        self.asked.append(client)


class Wallet:
    def __init__(self) -> None:
        self.clients = Clients()


def read(
    path: str, headers: dict[str, str], multi: dict[str, list[str]] | None = None
) -> tuple[Client | None, list[Client]]:
    wallet: Any = Wallet()
    return require_acceptable(wallet, path, headers, multi or {}), wallet.clients.asked


def test_a_client_that_names_itself_is_asked_about_wherever_it_may_be_refused() -> None:
    assert read("/v1/me", {"x-client": "app/ios/3.2.1"}) == (CLIENT, [CLIENT])
    assert read("/v1/me", {}) == (None, [])
    for path in (*FOR_EVERY_CLIENT, "/docs/errors/{code}"):
        assert read(path, {"x-client": "app/ios/3.2.1"}) == (CLIENT, [])


def test_what_every_client_may_ask_exists() -> None:
    assert {each.path for routes in every() for each in routes.endpoints} >= FOR_EVERY_CLIENT


def test_a_header_that_decides_is_read_strictly() -> None:
    """P23."""
    assert read("/v1/me", {"wallet-version": VERSION}) == (None, [])
    for headers, refusal in (
        ({"wallet-version": "2020-01-01"}, errors.UnknownVersion),
        ({"x-client": "safari"}, ClientMalformed),
        ({"authorization": "Bearer é"}, errors.NotAuthenticated),
    ):
        with pytest.raises(refusal):
            read("/v1/me", headers)
    with pytest.raises(errors.DuplicateHeader):
        read("/v1/me", {}, {"X-Client": ["app/ios/1", "app/ios/2"]})


@pytest.mark.parametrize("key", ["k", "a b", "x" * 64, "0b7a-~!"])
def test_a_key_is_printable_text(key: str) -> None:
    assert idempotency_key({"idempotency-key": key}, "required") == key


@pytest.mark.parametrize("key", ["", " k", "k ", "x" * 65, '"k"', "é", "k\n"])
def test_a_key_that_may_be_read_in_two_ways_is_refused(key: str) -> None:
    with pytest.raises(errors.IdempotencyKeyMalformed):
        idempotency_key({"idempotency-key": key}, "accepted")


def test_a_key_is_missed_only_where_it_is_required() -> None:
    assert idempotency_key({}, "accepted") is None
    with pytest.raises(errors.IdempotencyKeyRequired):
        idempotency_key({}, "required")
