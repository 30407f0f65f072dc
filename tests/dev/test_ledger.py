"""What an operator does with the ledger from the terminal."""

from typing import Any

import pytest
from botocore.stub import Stubber

from dev.client import Api
from dev.cloud.local import REGION
from dev.ledger import NotAStreamHandler, main, redrive_of
from tests.ledger_world import ADA, SHOP, World
from wallet_api.ledger import chart
from wallet_api.ledger.store import BALANCE, OPERATION

Output = pytest.CaptureFixture[str]


@pytest.fixture
def paid(world: World) -> World:
    """One payment that nobody has folded."""
    world.open(ADA)
    world.fund(ADA, 100)
    world.send(ADA, SHOP, 30, "k")
    return world


def run(world: World, *words: str) -> int:
    return main(["--function", "wallet-api", *words], lambda _function, _region: world.wallet)


def test_a_true_ledger_is_told_in_a_sentence(paid: World, capsys: Output) -> None:
    paid.fold()
    assert run(paid, "verify") == 0
    assert "The ledger is true." in capsys.readouterr().out


def test_a_tampered_journal_is_named(paid: World, capsys: Output) -> None:
    """M2: by the entry, with the place of its operation."""
    paid.fold()
    place = paid.operation(ADA, "k").place
    image = paid.raw("ledger", place, OPERATION) or {}
    image["postings"]["L"][0]["L"][1]["N"] = "-29"
    paid.tamper("ledger", place, OPERATION, **image)
    assert run(paid, "verify") == 1
    shown = capsys.readouterr().out
    assert f"journal {place} ({image['entry_id']['S']})" in shown
    assert "findings, and nothing was changed." in shown


def test_lines_that_folding_may_still_bring_are_counted_not_named(paid: World, capsys: Output) -> None:
    assert run(paid, "verify") == 0
    assert "2 lines not folded yet" in capsys.readouterr().out
    assert run(paid, "verify", "--grace", "0") == 1
    assert f"is missing: 0.30 CNY for {SHOP}" in capsys.readouterr().out


def test_an_account_is_rebuilt(paid: World, capsys: Output) -> None:
    """M3."""
    assert run(paid, "rebuild", SHOP) == 0
    assert capsys.readouterr().out == f"{SHOP}: 1 lines in the journal, 1 were missing and are written.\n"
    assert paid.balance(SHOP) == 30


def test_a_rebuild_that_may_be_incomplete_says_so(paid: World, capsys: Output) -> None:
    paid.tamper("ledger", "broken", OPERATION, outcome={"S": "succeeded"})
    assert run(paid, "rebuild", SHOP) == 1
    assert "journal broken cannot be read" in capsys.readouterr().out


def test_a_wallet_that_nobody_has_is_not_made(paid: World, capsys: Output) -> None:
    assert run(paid, "rebuild", chart.customer("usr_nobody")) == 1
    assert "no such wallet" in capsys.readouterr().err


def test_the_local_server_is_verified_and_rebuilt_over_http(api: Api, paid: World, capsys: Output) -> None:
    where = ["--local", "--port", str(api.port)]
    assert main([*where, "verify"]) == 0
    assert "2 entries, 4 lines, 3 accounts" in capsys.readouterr().out
    assert api.get("/sandbox").ok()["metrics"]["fold_lag_ms"]["highest"] >= 0
    paid.tamper("accounts", SHOP, BALANCE, balances={"M": {"CNY": {"N": "5"}}})
    assert main([*where, "verify"]) == 1
    assert f"balance of {SHOP}: stored 5 CNY, its lines sum to 30" in capsys.readouterr().out
    assert main([*where, "rebuild", SHOP]) == 0
    assert "1 lines in the journal, 0 were missing" in capsys.readouterr().out
    assert main([*where, "rebuild", chart.customer("usr_nobody")]) == 1
    assert main([*where, "redrive"]) == 1
    assert "has no queue" in capsys.readouterr().err


def test_without_a_server_there_is_a_sentence(capsys: Output) -> None:
    assert main(["--local", "--port", "1", "verify"]) == 1
    assert "Nothing answers on 127.0.0.1:1" in capsys.readouterr().err


class Deployment:
    """A session whose Lambda answers as a deployed stream handler's would."""

    def __init__(self, world: World, handler: str, queue: str | None) -> None:
        self._session = world.cloud.session
        client: Any = self._session.create_client("lambda", region_name=REGION)
        stub = Stubber(client)
        stub.add_response("get_function_configuration", {"Handler": f"app.{handler}"})
        mapping = {"DestinationConfig": {"OnFailure": {"Destination": f"arn:aws:sqs:{REGION}:1:{queue}"}}}
        stub.add_response("list_event_source_mappings", {"EventSourceMappings": [mapping] if queue else []})
        stub.activate()
        self._lambda = client

    def create_client(self, service: str, **more: Any) -> Any:
        return self._lambda if service == "lambda" else self._session.create_client(service, **more)


def test_the_handlers_own_queue_is_found(paid: World) -> None:
    sqs: Any = paid.cloud.session.create_client("sqs", region_name=REGION)
    url = sqs.create_queue(QueueName="letters")["QueueUrl"]
    handlers = {
        "fold_ledger": (paid.wallet.folding.fold, paid.ledger),
        "project_ledger_events": (paid.wallet.events.project_ledger, paid.ledger),
        "project_record_events": (paid.wallet.events.project_records, None),
    }
    try:
        for handler, (project, ledger) in handlers.items():
            session: Any = Deployment(paid, handler, "letters")
            found = redrive_of("wallet", REGION, lambda _function, _region: paid.wallet, session)
            assert (found.queue_url, found.project, found.ledger) == (url, project, ledger)
            assert list(found.run()) == []
    finally:
        sqs.delete_queue(QueueUrl=url)


@pytest.mark.parametrize(("handler", "queue"), [("fold_ledger", None), ("api", "letters")])
def test_a_function_without_letters_is_refused_in_a_sentence(
    paid: World, handler: str, queue: str | None, capsys: Output
) -> None:
    session: Any = Deployment(paid, handler, queue)
    with pytest.raises(NotAStreamHandler):
        redrive_of("wallet", REGION, lambda _function, _region: paid.wallet, session)
    session = Deployment(paid, handler, queue)
    asked = ["--function", "wallet", "--region", REGION, "redrive"]
    assert main(asked, lambda _function, _region: paid.wallet, session) == 1
    assert capsys.readouterr().err.startswith("wallet ")
