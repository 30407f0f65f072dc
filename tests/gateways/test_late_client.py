"""A client that nobody needs yet is not made, and one that many need at once is made once."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.client import BaseClient

from dev.cloud.local import LocalCloud
from tests.build import a_person
from tests.client import Api
from wallet_api.gateways.late_client import LateClient


def test_it_is_made_at_the_first_question_and_once() -> None:
    made: list[Any] = []
    together = Barrier(8)

    def make() -> Any:
        time.sleep(0.01)
        made.append(SimpleNamespace(answer=42))
        return made[-1]

    client = LateClient(make)
    assert made == []

    def ask(_: int) -> int:
        together.wait()
        return int(client.answer)

    with ThreadPoolExecutor(8) as crowd:
        assert list(crowd.map(ask, range(8))) == [42] * 8
    assert len(made) == 1


def test_a_client_that_could_not_be_made_is_made_at_the_next_question() -> None:
    attempts = iter([OSError("no descriptions"), SimpleNamespace(answer=42)])

    def make() -> Any:
        found = next(attempts)
        if isinstance(found, Exception):
            raise found
        return found

    client = LateClient(make)
    with pytest.raises(OSError, match="no descriptions"):
        _ = client.answer
    assert client.answer == 42


def test_a_wallet_opens_with_no_client_but_those_that_every_request_needs(cloud: LocalCloud, api: Api) -> None:
    """Registering asks for a message and for the key of personal data: then they are there."""
    from wallet_api.wallet import open_wallet

    wallet = open_wallet(cloud.wallet.settings, clock=cloud.clock)
    late = wallet.people.cipher._kms
    assert isinstance(late, LateClient)
    assert late._made is None
    wallet.close()
    a_person(api, cloud)
    assert isinstance(cloud.wallet.people.cipher._kms._made, BaseClient)
