"""Faults on request: whatever goes wrong, a client that sends its request again under the same key is served exactly once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from dev.client import Answer, Api
from dev.cloud.local import LocalCloud
from dev.faults import BROKEN_STORAGE, FAULTS, HEADER, SLOW_SECONDS, TIMES, Faults
from dev.gateway import Call, Gateway
from dev.problems import Reply
from tests.build import PIN, Someone, a_card, a_merchant, a_person, as_customer, cny, key, refused
from tests.shopping import a_payment
from tests.withdrawing import TAKES
from wallet_api.storage.errors import StorageFault

Request = Callable[[str, str | None], Answer]
"""One request, under a key, with a fault or without."""
LOST = {"lose_response_after_commit": (504, "outcome_unknown"), "timeout_before_commit": (504, "outcome_unknown"),
        "internal_error": (500, "internal_error"), "too_many_requests": (429, "too_many_requests")}  # fmt: skip


@pytest.fixture
def slept(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A gateway whose slow answers do not take their time; how long they would have taken."""
    told: list[float] = []
    around = Faults(lambda: cloud.wallet, told.append)
    assert isinstance(cloud.gateway, Gateway)
    monkeypatch.setattr(cloud.gateway, "_around", around)
    return told


@pytest.fixture
def plain(api: Api) -> Iterator[Api]:
    """A client that does not compare answers with the API's document, which knows nothing of faults."""
    client = Api(api.port)
    yield client
    client.close()


def sent(api: Api, path: str, body: object, token: str) -> Request:
    def send(idem: str, fault: str | None) -> Answer:
        more = [] if fault is None else [(HEADER, fault)]
        headers = [("Authorization", f"Bearer {token}"), ("Idempotency-Key", idem), *more]
        return api.call("POST", path, json=body, headers=headers, lang="en")

    return send


def a_transfer(api: Api, cloud: LocalCloud, ada: Someone) -> Request:
    payee = a_person(api, cloud)
    body = {"to": {"user_id": payee.id}, "amount": cny(100), "authorization": {"pin": PIN}}
    return sent(api, "/v1/transfers", body, ada.token)


def a_confirmation(api: Api, cloud: LocalCloud, ada: Someone) -> Request:
    payment = a_payment(api, a_merchant(cloud), 100)["id"]
    return sent(api, f"/v1/payments/{payment}/confirm", {"authorization": {"pin": PIN}}, ada.token)


def a_top_up(api: Api, cloud: LocalCloud, ada: Someone) -> Request:
    card = api.get("/v1/cards", token=ada.token).ok(200)["data"][0]["id"]
    body = {"amount": cny(100), "source": {"card_id": card}}
    return sent(api, "/v1/top_ups", body, ada.token)


def a_withdrawal(api: Api, cloud: LocalCloud, ada: Someone) -> Request:
    body = {"amount": cny(100), "card_id": a_card(api, cloud, ada, TAKES), "authorization": {"pin": PIN}}
    return sent(api, "/v1/withdrawals", body, ada.token)


MOVES = {
    "transfer": (a_transfer, -100), "payment": (a_confirmation, -100), "top-up": (a_top_up, 100),
    "withdrawal": (a_withdrawal, -110),
}  # fmt: skip


def balance(api: Api, someone: Someone) -> int:
    return int(api.get("/v1/wallet", token=someone.token).ok(200)["balances"][0]["amount"])


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("fault", FAULTS)
def test_who_sends_it_again_under_its_key_moves_money_once(
    plain: Api, cloud: LocalCloud, slept: list[float], fault: str, move: str
) -> None:
    """M1, M2, M12: the very promise that the header is there to prove."""
    ada = a_person(plain, cloud, balance=500_00)
    make, change = MOVES[move]
    request, idem, before = make(plain, cloud, ada), key(), balance(plain, ada)
    first = request(idem, fault)
    stopped = fault == "stop_before_acquirer" and move == "top-up"
    if stopped:
        assert (first.status, balance(plain, ada)) == (504, before)
        assert request(idem, None).json["code"] == "idempotency_key_in_use"
    elif fault == "stop_before_acquirer" and move == "withdrawal":
        assert (first.status, balance(plain, ada)) == (504, before + change), "it was set aside before"
    elif fault in LOST:
        status, code = LOST[fault]
        assert first.status == status, first.text
        assert first.json["code"] == code
        assert first.json["retry"] in ("same_key", "after")
    else:
        assert first.status in (200, 201), first.text
    assert slept == ([SLOW_SECONDS] if fault == "slow" else [])
    if fault == "acquirer_timeout" and move == "top-up":
        assert (first.json["status"], balance(plain, ada)) == ("processing", before)
    if fault == "acquirer_timeout" and move == "withdrawal":
        assert (first.json["status"], balance(plain, ada)) == ("processing", before + change)
    if fault in ("acquirer_timeout", "stop_before_acquirer"):
        cloud.clock.advance("5m")
        cloud.wallet.top_ups.settle_due()
        cloud.wallet.withdrawals.settle_due()
    for _ in range(2):
        assert request(idem, None).status in (200, 201)
    assert balance(plain, ada) == before + change
    told = plain.get(f"/v1/operations/{idem}", token=ada.token).ok(200)
    assert (told["status"], told["money_moved"]) == ("succeeded", "yes")


def test_a_fault_that_nobody_knows_is_named_with_those_that_there_are(plain: Api, cloud: LocalCloud) -> None:
    ada = a_person(plain, cloud, balance=500_00)
    request, before = a_transfer(plain, cloud, ada), balance(plain, ada)
    for name in ("lose_everything", "", "Slow"):
        told = refused(request(key(), name), 422, "invalid_request")
        assert told["allowed"] == list(FAULTS)
        assert told["errors"][0]["pointer"] == "Wallet-Sandbox-Fault"
    assert balance(plain, ada) == before


def test_what_runs_beside_a_request_with_a_fault_meets_none(api: Api, cloud: LocalCloud) -> None:
    """The fault is the request's own: while storage refuses it everything, everybody else is served."""
    ada = a_person(api, cloud, balance=500_00)
    beside: list[Answer] = []

    def handle() -> Reply:
        with pytest.raises(StorageFault):
            cloud.wallet.sessions.require_live(as_customer(cloud, ada))
        thread = Thread(target=lambda: beside.append(api.get("/v1/wallet", token=ada.token)))
        thread.start()
        thread.join()
        return Reply(204)

    call = Call("GET", "/", ("",), [], [(HEADER, "internal_error")], b"", "127.0.0.1", "req")
    assert Faults(lambda: cloud.wallet)(call, handle).status == 204
    assert [answer.status for answer in beside] == [200]
    assert balance(api, ada) == 500_00


def test_the_sandbox_lists_its_faults_in_both_languages(api: Api) -> None:
    shown = api.get("/sandbox").ok(200)["faults"]
    assert set(shown) == set(FAULTS)
    assert all(texts["en"] and texts["zh-CN"] for texts in shown.values())


def test_nothing_that_is_deployed_knows_the_header() -> None:
    """Only `dev/` does, and `dev/` is not shipped."""
    root = Path(__file__).parents[2]
    shipped = [root / "app.py", *(root / "chalicelib").rglob("*.py"), *(root / "wallet_api").rglob("*.py")]
    assert [path for path in shipped if "sandbox-fault" in path.read_text("utf-8").lower()] == []


@pytest.mark.parametrize(
    ("name", "raised", "met"),
    [("storage_conflict", "TransactionCanceled", TIMES), ("throttled", "Throttling", TIMES),
     ("storage_answer_lost", "timeout", 1), ("internal_error", "AccessDenied", 50)],
)  # fmt: skip
def test_a_fault_of_storage_is_met_by_the_first_writes_and_then_passes(name: str, raised: str, met: int) -> None:
    """Or a test in which nothing broke would say that clients are safe."""
    applied: list[int] = []
    storage = BROKEN_STORAGE[name]()
    for number in range(met):
        with pytest.raises((ClientError, ReadTimeoutError), match=raised):
            storage("TransactWriteItems", lambda: applied.append(1))
        assert bool(applied) is (name == "storage_answer_lost"), number
    if name != "internal_error":
        storage("TransactWriteItems", lambda: applied.append(1))
        assert applied
