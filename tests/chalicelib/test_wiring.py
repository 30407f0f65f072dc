"""The container's wallet: opened once, by whoever is asked to open it."""

import gc
import threading
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import wiring


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    """The running cloud's wallet is nobody else's to close."""
    container = wiring._container
    kept = container.opener, container.wallet
    container.wallet = None
    yield
    container.opener, container.wallet = kept


def test_many_requests_at_once_open_one_wallet() -> None:
    opened: list[Any] = []

    def opener() -> Any:
        opened.append(SimpleNamespace(close=lambda: None))
        return opened[-1]

    wiring.provide(opener)
    threads = [threading.Thread(target=wiring.wallet) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 1
    assert wiring.wallet() is opened[0]


def test_another_opener_closes_the_wallet_that_was_open() -> None:
    closed: list[bool] = []
    first: Any = SimpleNamespace(close=lambda: closed.append(True))
    wiring.provide(lambda: first)
    wiring.wallet()
    second: Any = SimpleNamespace(close=lambda: None)
    wiring.provide(lambda: second)
    assert closed == [True]
    assert wiring.wallet() is second


@pytest.mark.parametrize("fails", [False, True])
def test_garbage_is_collected_again_once_the_wallet_is_open(fails: bool) -> None:
    """However opening ends: a container that never collects fills its memory."""
    seen: list[bool] = []

    def opener() -> Any:
        seen.append(gc.isenabled())
        if fails:
            raise LookupError("no secret")
        return SimpleNamespace(close=lambda: None)

    wiring.provide(opener)
    with suppress(LookupError):
        wiring.wallet()
    assert (seen, gc.isenabled()) == ([False], True)


@pytest.fixture
def lambda_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")


def test_lambda_has_it_opened_before_the_first_request(request: pytest.FixtureRequest) -> None:
    opened: list[Any] = []

    def opener() -> Any:
        opened.append(SimpleNamespace(close=lambda: None))
        return opened[-1]

    wiring.provide(opener)
    wiring.open_while_starting()
    assert opened == []
    request.getfixturevalue("lambda_starts")
    wiring.open_while_starting()
    assert [wiring.wallet()] == opened


@pytest.mark.usefixtures("lambda_starts")
def test_what_cannot_be_opened_while_starting_is_opened_by_the_first_request(caplog: pytest.LogCaptureFixture) -> None:
    """A secret store that is down for a moment must not leave callers with API Gateway's words for a function that never started."""
    down = [True]
    wallet: Any = SimpleNamespace(close=lambda: None)

    def opener() -> Any:
        if down.pop():
            raise LookupError("the secret store is down")
        return wallet

    down.insert(0, False)
    wiring.provide(opener)
    wiring.open_while_starting()
    assert "could not be opened while the function started" in caplog.text
    assert wiring.wallet() is wallet
