"""Money that goes back to a card: every end that it can reach, whatever the bank says or leaves unsaid."""

from typing import Any

import pytest
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import APPROVES_UNIONPAY, DECLINES
from tests.build import Shop, Someone, a_card, a_merchant, a_person, balance_of, cny
from tests.ledger_world import World
from tests.refunding import (
    DECLINED,
    LATER,
    LATER_DECLINED,
    LOST,
    SILENT,
    SILENT_DECLINED,
    approve,
    asked,
    refund_to_card,
    settle,
    steps_of,
)
from tests.shopping import folded, merchant_balance
from wallet_api.clock import rfc3339
from wallet_api.gateways.acquirer import RefundOrder, RefundOutcome
from wallet_api.ledger import chart
from wallet_api.refunds.model import Refund

TO_CARD = ["refund_request.created", "refund_request.approved", "refund.created", "refund.pending"]


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=2_000_00)


def shown(api: Api, shop: Shop, refund_id: str) -> Any:
    """As its merchant sees it: access tokens live minutes, and the clock is moved."""
    return api.get(f"/v1/refunds/{refund_id}", token=shop.key).ok(200)


def balance(cloud: LocalCloud, someone: Someone) -> int:
    return int(cloud.wallet.ledger.accounts.require(chart.customer(someone.id)).balance("CNY").amount)


def held(cloud: LocalCloud, someone: Someone) -> int:
    return int(cloud.wallet.ledger.accounts.require(chart.customer(someone.id)).held.get("CNY", 0))


def given_back(cloud: LocalCloud, someone: Someone) -> int:
    """What of their newest charge went back to its card."""
    with cloud.wallet.storage.trip() as trip:
        found = cloud.wallet.top_ups.returnable(someone.id, trip)
    return int(found()[0].given_back or 0)


def types_told(cloud: LocalCloud, api: Api, token: str) -> list[str]:
    cloud.pump.drain()
    return sorted(each["type"] for each in api.get("/v1/events?type=refund.*", token=token).ok(200)["data"])


def test_what_the_bank_takes_at_once_is_on_its_way(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """M7: the charge of the top-up is taken back; the balance does not feel it, and the merchant gave it."""
    cards = folded(cloud, chart.bank("cards"))
    refund = refund_to_card(api, shop, ada, 1250)
    assert (refund["status"], refund["destination"], refund["card"]["last4"]) == ("succeeded", "card", "4242")
    assert steps_of(refund) == [*TO_CARD, "refund.sent_to_card"]
    assert refund["timeline"][-1]["expected_at"] == refund["expected_at"] > refund["created_at"]
    assert balance_of(api, ada) == 2_000_00 - 1250
    assert (merchant_balance(cloud, shop), held(cloud, ada)) == (0, 0)
    assert folded(cloud, chart.bank("cards")) == cards + 1250
    assert given_back(cloud, ada) == 1250
    for token in (ada.token, shop.key):
        assert types_told(cloud, api, token) == ["refund.created", "refund.succeeded"]
    seen = api.get(f"/v1/refunds/{refund['id']}", token=shop.key).ok(200)
    assert (seen["card"], seen["status"]) == (None, "succeeded")


def test_a_refund_to_the_balance_is_told_once(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    approve(api, shop, asked(api, shop, ada)["id"]).ok(200)
    for token in (ada.token, shop.key):
        assert types_told(cloud, api, token) == ["refund.succeeded"]


def test_what_no_card_takes_lands_on_the_balance_and_says_so(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """M12: by an entry of its own kind, which the history shows as the refund that it is."""
    refund = refund_to_card(api, shop, ada, DECLINED)
    assert (refund["status"], refund["decline_code"]) == ("failed", "refund_declined")
    assert steps_of(refund) == [*TO_CARD, "refund.failed", "refund.on_balance"]
    assert balance_of(api, ada) == 2_000_00
    assert (given_back(cloud, ada), held(cloud, ada)) == (0, 0)
    assert folded(cloud, chart.hold(refund["id"])) == 0
    (row,) = api.get("/v1/transactions?kind=refund", token=ada.token).ok(200)["data"]
    assert (row["status"], row["amount"], row["refund_id"]) == ("succeeded", cny(DECLINED), refund["id"])
    assert types_told(cloud, api, ada.token) == ["refund.created", "refund.failed"]
    story = api.get(f"/v1/transactions/{row['id']}", token=ada.token).ok(200)
    assert steps_of(story)[-2:] == ["refund.failed", "refund.on_balance"]
    told = api.get("/v1/notifications", token=ada.token).ok(200)["data"]
    assert "refund.failed" in [each["type"] for each in told]


def test_one_that_takes_longer_than_announced_says_so_and_until_when_it_is_expected_now(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """M37: the time that is told is never one that has passed while nobody knows the end."""
    refund = refund_to_card(api, shop, ada, LATER)
    cloud.clock.advance("121h")
    late = shown(api, shop, refund["id"])
    assert (late["status"], steps_of(late)[-1]) == ("pending", "refund.delayed")
    assert rfc3339(cloud.clock.now()) < late["expected_at"] == late["timeline"][-1]["expected_at"]
    settle(cloud)
    ended = shown(api, shop, refund["id"])
    assert (ended["status"], steps_of(ended)[-1]) == ("succeeded", "refund.sent_to_card")
    assert ended["expected_at"] > ended["ended_at"] > refund["expected_at"]


@pytest.mark.parametrize(
    ("amount", "end", "on_balance"),
    [
        (LATER, "succeeded", False),
        (LATER_DECLINED, "failed", True),
        (SILENT, "succeeded", False),
        (SILENT_DECLINED, "failed", True),
        (LOST, "failed", True),
    ],
)
def test_an_outcome_that_is_not_known_stays_pending_until_the_bank_tells(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, amount: int, end: str, on_balance: bool
) -> None:
    """M37: set aside meanwhile, neither on the balance nor given up; the schedule asks until it knows."""
    refund = refund_to_card(api, shop, ada, amount)
    assert (refund["status"], refund["ended_at"]) == ("pending", None)
    assert steps_of(refund) == [*TO_CARD, "refund.expected"]
    assert (refund["timeline"][-1]["at"], refund["timeline"][-1]["expected_at"]) == (None, refund["expected_at"])
    assert (held(cloud, ada), balance_of(api, ada)) == (amount, 2_000_00 - amount)
    assert cloud.wallet.refunds.settle_due() == 0
    settle(cloud)
    after = shown(api, shop, refund["id"])
    assert after["status"] == end
    assert held(cloud, ada) == 0
    assert balance(cloud, ada) == 2_000_00 - (0 if on_balance else amount)
    settle(cloud)
    assert shown(api, shop, refund["id"]) == after
    assert folded(cloud, chart.hold(refund["id"])) == 0


def test_a_charge_that_is_too_small_is_left_alone_and_the_card_is_credited(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """To another card of theirs than the one that was charged, too."""
    other = a_card(api, cloud, ada, APPROVES_UNIONPAY)
    refund = refund_to_card(api, shop, ada, 1250, card_id=other)
    assert (refund["status"], refund["card"]["last4"]) == ("succeeded", "0005")
    assert given_back(cloud, ada) == 0


def test_a_charge_is_taken_back_once_and_no_further(api: Api, cloud: LocalCloud, shop: Shop) -> None:
    bo = a_person(api, cloud, balance=100_00)
    for amount, counted in ((60_00, 60_00), (30_00, 90_00), (10_00, 100_00)):
        refund_to_card(api, shop, bo, amount)
        assert given_back(cloud, bo) == counted


def test_a_declining_card_takes_no_credit_either(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    refund = refund_to_card(api, shop, ada, 1250, card_id=a_card(api, cloud, ada, DECLINES))
    assert refund["status"] == "failed"
    assert balance_of(api, ada) == 2_000_00


def test_a_card_that_was_unbound_meanwhile(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """Its charge can still be taken back; a card that was never charged gets nothing, and the money is on the balance."""
    charged = api.get("/v1/cards", token=ada.token).ok(200)["data"][0]["id"]
    other = a_card(api, cloud, ada, APPROVES_UNIONPAY)
    back, diverts = ["refund.sent_to_card"], ["refund.diverted_card_unavailable", "refund.succeeded"]
    for card_id, destination, diverted, last in (
        (charged, "card", None, back),
        (other, "balance", "card_unavailable", diverts),
    ):
        request = asked(api, shop, ada, 1250, destination="card", card_id=card_id)
        api.delete(f"/v1/cards/{card_id}", token=ada.token).ok()
        refund_id = approve(api, shop, request["id"]).ok(200)["refund_id"]
        refund = api.get(f"/v1/refunds/{refund_id}", token=ada.token).ok(200)
        assert (refund["destination"], refund["diverted_reason"]) == (destination, diverted)
        assert refund["status"] == "succeeded"
        assert steps_of(refund)[-len(last) :] == last
    assert balance_of(api, ada) == 2_000_00 - 1250


def test_a_frozen_wallets_money_goes_to_the_balance_and_to_no_card(
    api: Api, cloud: LocalCloud, world: World, shop: Shop, ada: Someone
) -> None:
    """Whoever holds the phone may have chosen the card. The merchant is not told why."""
    request = asked(api, shop, ada, destination="card")
    world.set_status(chart.customer(ada.id), "frozen")
    refund_id = approve(api, shop, request["id"]).ok(200)["refund_id"]
    assert world.balance(chart.customer(ada.id)) == 2_000_00
    seen = api.get(f"/v1/refunds/{refund_id}", token=shop.key).ok(200)
    assert (seen["destination"], seen["diverted_reason"]) == ("balance", None)
    assert "refund.diverted_wallet_frozen" not in steps_of(seen)
    own = api.get(f"/v1/refunds/{refund_id}", token=ada.token).ok(200)
    assert steps_of(own)[-2:] == ["refund.diverted_wallet_frozen", "refund.succeeded"]


def test_a_closed_wallets_money_is_kept(api: Api, cloud: LocalCloud, world: World, shop: Shop, ada: Someone) -> None:
    """Nothing goes into a closed wallet, and nothing is lost: neither at once nor after a card took nothing."""
    request, late = asked(api, shop, ada), refund_to_card(api, shop, ada, SILENT_DECLINED)
    world.set_status(chart.customer(ada.id), "closed")
    before = world.balance(chart.customer(ada.id))
    refund_id = approve(api, shop, request["id"]).ok(200)["refund_id"]
    seen = api.get(f"/v1/refunds/{refund_id}", token=shop.key).ok(200)
    assert (seen["destination"], seen["diverted_reason"], seen["status"]) == ("suspense", "wallet_closed", "succeeded")
    settle(cloud)
    assert cloud.wallet.refunds.found_again(late["id"]).kept is True
    assert world.balance(chart.customer(ada.id)) == before
    assert folded(cloud, chart.SUSPENSE) == 1250 + SILENT_DECLINED


def test_what_was_written_down_and_not_handed_over_is_handed_over_by_the_schedule(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that dies in between; nobody calls it pending before."""
    refunds = cloud.wallet.refunds
    monkeypatch.setattr(type(refunds), "deliver", lambda _, refund: refund)
    refund = refund_to_card(api, shop, ada)
    assert (refund["status"], refund["submitted_at"]) == ("created", None)
    assert refunds.settle_due() == 0
    cloud.clock.advance("31s")
    assert refunds.settle_due() == 1
    assert shown(api, shop, refund["id"])["status"] == "succeeded"


def test_of_two_that_learn_an_end_one_moves_the_money(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """The acquirer answers two in opposite ways: the first that was written stands."""
    refunds, made = cloud.wallet.refunds, refund_to_card(api, shop, ada, LATER)
    known = refunds.found_again(made["id"])

    def says(status: Any) -> Any:
        def ask(_order: RefundOrder) -> RefundOutcome:
            return RefundOutcome(status)

        return ask

    first: Refund = refunds._bring_on(known, says("approved"))
    second: Refund = refunds._bring_on(known, says("declined"))
    late: Refund = refunds._bring_on(known, says("pending"))
    assert {each.status for each in (first, second, late, refunds.found_again(made["id"]))} == {"succeeded"}
    assert balance_of(api, ada) == 2_000_00 - LATER
    assert folded(cloud, chart.hold(made["id"])) == 0


def test_what_has_no_end_for_a_day_wakes_somebody(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    class Undecided:
        def find_refund(self, _order: RefundOrder) -> RefundOutcome:
            return RefundOutcome("pending")

    refund_to_card(api, shop, ada, LATER)
    refunds = replace(cloud.wallet.refunds, acquirer=Undecided())
    for hours, stuck in ((2, 0), (23, 1)):
        cloud.clock.advance(f"{hours}h")
        assert refunds.settle_due() == 0
        assert api.get("/sandbox").ok(200)["metrics"]["stuck_processing"]["last"] == stuck
