"""A person's history over HTTP: who sees what, both sides, filters, pages, and what a page costs."""

from datetime import timedelta, timezone
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import PIN, Shop, Someone, a_card, a_merchant, a_person, as_customer, cny, key, refused, send
from tests.faults.injector import Faults
from wallet_api.storage.crypto import FieldCipher
from wallet_api.storage.pages import PageRequest
from wallet_api.transactions.model import Counterparty, Wanted

BEIJING = timezone(timedelta(hours=8))


class ClosedKms:
    """A key service that does not answer."""

    def decrypt(self, **_asked: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://kms")


def rows(api: Api, someone: Someone, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"/v1/transactions{query}", token=someone.token).ok(200)["data"]
    return found


def all_rows(api: Api, someone: Someone, query: str = "?limit=3", start: str = "") -> list[dict[str, Any]]:
    """Every page, one after the other."""
    found, cursor = [], start
    for _ in range(100):
        page = api.get(f"/v1/transactions{query}&{cursor}", token=someone.token).ok(200)
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        cursor = f"cursor={page['next_cursor']}"
    raise AssertionError("the pages do not end")


def story(api: Api, someone: Someone, transaction_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/v1/transactions/{transaction_id}", token=someone.token).ok(200)
    return found


def buy(api: Api, payer: Someone, shop: Shop, amount: int, description: str, order_id: str) -> dict[str, Any]:
    body = {"amount": cny(amount), "description": description, "order_id": order_id}
    made = api.post("/v1/payments", body, token=shop.key, key=key()).ok(201)
    proof = {"authorization": {"pin": PIN}}
    paid: dict[str, Any] = api.post(f"/v1/payments/{made['id']}/confirm", proof, token=payer.token, key=key()).ok()
    return paid


def give_back(api: Api, shop: Shop, payment_id: str, amount: int, reason: str) -> dict[str, Any]:
    body = {"payment_id": payment_id, "amount": cny(amount), "reason": reason}
    made: dict[str, Any] = api.post("/v1/refunds", body, token=shop.key, key=key()).ok(201)
    return made


def charge(api: Api, someone: Someone, card_id: str, amount: int) -> Any:
    body = {"amount": cny(amount), "source": {"card_id": card_id}}
    return api.post("/v1/top_ups", body, token=someone.token, key=key())


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=100_000)


@pytest.fixture
def bo(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud)


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud, "Tea House")


def test_somebody_elses_transaction_is_as_missing_as_none_p1(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """P1: an entry that did not touch one's own wallet, a made-up id and nonsense get the same answer."""
    theirs = rows(api, ada)[0]["id"]
    declined = charge(api, ada, a_card(api, cloud, ada, "4000000000000002"), 100)
    assert declined.status == 402
    failed = rows(api, ada)[0]["id"]

    for transaction_id in (theirs, failed, "ent_" + "0" * 26, "top_" + "0" * 26, "x", "usr_" + "0" * 26):
        refused(api.get(f"/v1/transactions/{transaction_id}", token=bo.token), 404, "not_found")
    assert rows(api, bo) == []


def test_after_signing_out_the_history_is_closed_a42(api: Api, ada: Someone) -> None:
    """A42: the very next call is refused."""
    api.delete("/v1/sessions/current", token=ada.token).ok()

    assert api.get("/v1/transactions", token=ada.token).status == 401


def test_a_transfer_is_seen_from_both_sides(api: Api, ada: Someone, bo: Someone) -> None:
    body = {"to": {"user_id": bo.id}, "amount": cny(700), "note": "Lunch 午饭", "authorization": {"pin": PIN}}
    transfer = api.post("/v1/transfers", body, token=ada.token, key=key()).ok(201)

    sent, received = rows(api, ada)[0], rows(api, bo)[0]

    assert sent["transfer_id"] == received["transfer_id"] == transfer["id"]
    assert (sent["direction"], received["direction"]) == ("out", "in")
    assert (sent["balance_change"], received["balance_change"]) == (cny(-700), cny(700))
    assert sent["counterparty"]["id"] == bo.id
    assert received["counterparty"]["id"] == ada.id
    assert sent["description"] == received["description"] == "Lunch 午饭"
    for seen, other in ((sent, bo), (received, ada)):
        assert seen["counterparty"]["kind"] == "person"
        assert seen["counterparty"]["name"].endswith(other.phone[-4:])
        assert other.phone not in str(seen)


def test_a_chosen_name_is_shown_to_the_other_side(api: Api, ada: Someone, bo: Someone) -> None:
    api.patch("/v1/me", {"display_name": "波波"}, token=bo.token).ok()
    send(api, ada, bo, 100).ok(201)

    assert rows(api, ada)[0]["counterparty"]["name"] == "波波"


def test_a_transfers_fee_is_the_payers_alone(api: Api, cloud: LocalCloud, bo: Someone) -> None:
    rich = a_person(api, cloud, balance=500_000)
    send(api, rich, bo, 300_000).ok(201)

    sent, received = rows(api, rich)[0], rows(api, bo)[0]

    assert sent["fee"]["amount"] > 0
    assert sent["total"]["amount"] == 300_000 + sent["fee"]["amount"] == -sent["balance_change"]["amount"]
    assert received["fee"] == cny(0)
    assert received["total"] == received["balance_change"] == cny(300_000)


def test_a_payment_and_its_refunds_lead_to_each_other(api: Api, ada: Someone, shop: Shop) -> None:
    paid = buy(api, ada, shop, 1_000, "Two pots of tea", "order-7")
    first = give_back(api, shop, paid["id"], 300, "One pot was cold")
    second = give_back(api, shop, paid["id"], 200, "The other one too")

    newest, older, payment = rows(api, ada)[:3]

    assert payment["kind"] == "payment"
    assert payment["payment_id"] == older["payment_id"] == newest["payment_id"] == paid["id"]
    assert payment["refunds"] == [first["id"], second["id"]]
    assert (older["refund_id"], newest["refund_id"]) == (first["id"], second["id"])
    assert (payment["balance_change"], payment["fee"]) == (cny(-1_000), cny(0))
    assert payment["amount_refunded"] == cny(500)
    assert (older["balance_change"], older["direction"]) == (cny(300), "in")
    assert (payment["order_id"], payment["description"]) == ("order-7", "Two pots of tea")
    assert older["description"] == "One pot was cold"
    side = {"kind": "merchant", "id": shop.id, "name": "Tea House"}
    assert payment["counterparty"] == older["counterparty"] == side


def test_a_payments_story_is_told_from_asking_to_the_last_refund(
    api: Api, cloud: LocalCloud, ada: Someone, shop: Shop
) -> None:
    paid = buy(api, ada, shop, 1_000, "Two pots of tea", "order-7")
    cloud.advance("10m")
    refund = give_back(api, shop, paid["id"], 300, "One pot was cold")
    payment, back = story(api, ada, rows(api, ada)[1]["id"]), story(api, ada, rows(api, ada)[0]["id"])

    assert [(step["what"], step["id"]) for step in payment["timeline"]] == [
        ("payment.created", paid["id"]),
        ("payment.succeeded", paid["id"]),
        ("refund.succeeded", refund["id"]),
    ]
    assert payment["timeline"] == back["timeline"]
    assert back["order_id"] == "order-7"
    assert sorted(step["at"] for step in payment["timeline"]) == [step["at"] for step in payment["timeline"]]


def test_a_top_up_shows_its_card_and_a_failed_one_is_seen_although_nothing_moved(
    api: Api, cloud: LocalCloud, ada: Someone
) -> None:
    card = a_card(api, cloud, ada, "4000000000000002")
    assert charge(api, ada, card, 2_500).status == 402

    failed, done = rows(api, ada)

    assert (failed["status"], failed["balance_change"], failed["amount"]) == ("failed", cny(0), cny(2_500))
    assert failed["counterparty"] == {"kind": "card", "id": card, "name": "visa 0002"}
    assert (done["status"], done["balance_change"]) == ("succeeded", cny(100_000))
    assert story(api, ada, failed["id"])["timeline"][-1]["what"] == "top_up.failed"
    assert story(api, ada, done["id"])["timeline"][-1]["what"] == "top_up.succeeded"
    assert all_rows(api, ada, "?limit=1") == [failed, done]


def test_a_top_up_without_an_answer_is_processing_until_it_is_known(api: Api, cloud: LocalCloud, ada: Someone) -> None:
    card = a_card(api, cloud, ada, "4000000000000119")
    assert charge(api, ada, card, 2_500).ok(201)["status"] == "processing"
    waiting = rows(api, ada)[0]
    assert (waiting["status"], waiting["balance_change"]) == ("processing", cny(0))

    cloud.advance("5m")

    settled = rows(api, ada)[0]
    assert (settled["status"], settled["balance_change"]) == ("succeeded", cny(2_500))
    assert settled["top_up_id"] == waiting["top_up_id"] == waiting["id"]
    assert len(rows(api, ada)) == 2
    assert story(api, ada, waiting["id"])["status"] == "succeeded"


def test_pages_show_everything_once_and_survive_what_is_added_meanwhile(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    declining = a_card(api, cloud, ada, "4000000000000002")
    for amount in range(1, 8):
        send(api, ada, bo, amount).ok(201)
        if amount % 3 == 0:
            charge(api, ada, declining, amount)
    everything = rows(api, ada, "?limit=100")
    first = api.get("/v1/transactions?limit=4", token=ada.token).ok(200)
    send(api, ada, bo, 99).ok(201)

    rest = all_rows(api, ada, "?limit=2", f"cursor={first['next_cursor']}")

    assert first["data"] + rest == everything
    assert len(everything) == 7 + 2 + 1
    for limit in (1, 2, 3, 7, 11):
        assert [row["id"] for row in all_rows(api, ada, f"?limit={limit}")][1:] == [row["id"] for row in everything]


def test_kinds_and_words_can_be_asked_for(api: Api, ada: Someone, bo: Someone, shop: Shop) -> None:
    paid = buy(api, ada, shop, 1_000, "Two pots of Pu'er 普洱茶", "order-7")
    buy(api, ada, shop, 200, "Biscuits", "order-8")
    give_back(api, shop, paid["id"], 300, "One pot was cold")
    send(api, ada, bo, 50).ok(201)

    def found(query: str) -> list[str]:
        return [row["kind"] for row in all_rows(api, ada, query)]

    assert found("?kind=payment") == ["payment", "payment"]
    assert found("?kind=refund") == ["refund"]
    assert found("?kind=top_up") == ["top_up"]
    assert found("?q=TEA%20house") == ["refund", "payment", "payment"]
    assert found("?q=%E6%99%AE%E6%B4%B1") == ["payment"]
    assert found("?q=order-8") == ["payment"]
    assert found("?q=cold") == ["refund"]
    assert found(f"?q={paid['id']}") == ["refund", "payment"]
    assert found(f"?q={bo.phone[-4:]}") == ["transfer"]
    assert found("?q=cold&kind=payment") == []


def test_a_rare_kind_far_back_is_found_in_bounded_steps(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, faults: Faults
) -> None:
    """One request looks at no more than a hundred lines; its cursor goes on from there, also when it found nothing."""
    for _ in range(120):
        send(api, ada, bo, 1).ok(201)
    faults.clear()

    first = api.get("/v1/transactions?kind=top_up&limit=5", token=ada.token).ok(200)

    assert first["data"] == []
    assert len(faults.calls) <= 4
    assert [row["kind"] for row in all_rows(api, ada, "?kind=top_up&limit=5")] == ["top_up"]


def test_a_page_costs_the_same_however_long_the_history_is(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone, shop: Shop, faults: Faults
) -> None:
    """The session, the statement and the open top-ups in one trip; then all the records of the page in one read."""

    def cost() -> list[str]:
        faults.clear()
        assert len(rows(api, ada, "?limit=5")) == 5
        return sorted(operation for operation, _ in faults.calls)

    for number in range(5):
        buy(api, ada, shop, 10 + number, "Tea", f"order-{number}")
    short = cost()
    for number in range(60):
        send(api, ada, bo, 1 + number).ok(201)

    assert short == ["BatchGetItem", "BatchGetItem", "Query", "Query"]
    assert cost() == short


def test_without_the_key_service_the_history_is_shown_and_names_wait_d7(
    api: Api, cloud: LocalCloud, ada: Someone, bo: Someone
) -> None:
    """D7: no plaintext stands in for what cannot be read; the money's side does not depend on it."""
    send(api, ada, bo, 700).ok(201)
    wallet = cloud.wallet
    closed = replace(wallet.people, cipher=FieldCipher(ClosedKms(), "alias/none", cloud.clock))
    caller = as_customer(cloud, ada)

    page = replace(wallet.transactions, people=closed).newest(caller, Wanted(), PageRequest())

    assert page.rows[0].balance_change.amount == -700
    assert page.rows[0].counterparty == Counterparty("person", bo.id, None)
