"""The bank workload, short: clients, copies of requests, and an API server that is killed while it works."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bench.bank import CLIENTS
from bench.bank_wishes import Undecided, Wish, ask
from dev.client import Answer

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.slow
def test_no_money_is_lost_made_or_moved_twice_though_the_server_is_killed() -> None:
    """M1, M13, M15, M38–M41, M44: Jepsen's bank workload over HTTP. The long run is `./wallet bench bank --minutes 5`."""
    command = [sys.executable, "-m", "bench", "bank", "--seconds", "12", "--kill-every", "5"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "WALLET_"))}
    run = subprocess.run(command, cwd=ROOT, env=clean, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    figures: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    assert figures["broken"] == []
    assert figures["clients"] == CLIENTS >= 8
    assert figures["kills"] >= 1
    assert figures["snapshots"] >= 5
    assert 0 < figures["moved"] < figures["wishes"] < figures["sent"], "some are refused, and all are asked again"


class Scripted:
    """A server that answers as it is told."""

    def __init__(self, *answers: tuple[int, dict[str, Any]] | Exception) -> None:
        self.answers = list(answers)

    def post(self, *_arguments: Any, **_options: Any) -> Answer:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Answer(answer[0], {}, json.dumps(answer[1]).encode())


def a_wish() -> Wish:
    return Wish("transfer", "/v1/transfers", {}, "a token", 0, 1, 5)


def test_a_wish_is_asked_until_it_is_decided() -> None:
    wish = a_wish()
    busy = (503, {"code": "storage_busy", "retry": "same_key"})
    server: Any = Scripted(
        ConnectionResetError(), busy, (409, {"code": "idempotency_key_in_use"}), (201, {"id": "trf_1"})
    )
    assert ask(server, wish).status == 201
    assert (wish.moved, wish.sent) == (True, 4)


def test_two_different_answers_to_one_key_are_noticed() -> None:
    wish = a_wish()
    server: Any = Scripted((201, {"id": "trf_1"}), (201, {"id": "trf_2"}))
    ask(server, wish)
    with pytest.raises(Undecided, match="two answers"):
        ask(server, wish)


def test_an_answer_that_should_not_be_is_noticed() -> None:
    server: Any = Scripted((500, {"code": "internal_error", "retry": "same_key"}))
    with pytest.raises(Undecided, match="500"):
        ask(server, a_wish())
