"""Payments under review: their money is set aside until the review ends, and the end is reached whatever breaks, over HTTP."""

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import Shop, Someone, a_merchant, a_person, cny, key, refused
from tests.faults.injector import Faults
from tests.reviewing import later, money_of
from tests.selling import an_outlet
from tests.shopping import a_payment, cancel, capture, confirm, folded, merchant_balance, pay_at, refund
from tests.signing import a_trusted_phone_of, ask
from wallet_api.gateways.sandbox_acquirer import ANSWER_AFTER
from wallet_api.gateways.screening import MAGIC_AMOUNTS, REVIEW_AFTER
from wallet_api.ledger import chart
from wallet_api.payments.model import ENDS

BLOCKS, BLOCKS_LATER, PASSES, PASSES_LATER, SILENT = MAGIC_AMOUNTS
BALANCE = 2_000_00


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud, shop: Shop) -> Someone:
    return a_person(api, cloud, balance=BALANCE)


def test_magic_amounts_reach_every_end_of_the_machine(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """D5: whoever adds a state adds the way to it."""
    taken_back = a_payment(api, shop)["id"]
    cancel(api, shop, taken_back).ok(200)
    paid, blocked = (a_payment(api, shop, amount)["id"] for amount in (PASSES, BLOCKS))
    for payment_id in (paid, blocked):
        confirm(api, ada, payment_id).ok(200)
    ends = [api.get(f"/v1/payments/{each}", token=shop.key).ok(200)["status"] for each in (paid, blocked, taken_back)]
    assert ends == list(ENDS)
    assert money_of(cloud, ada) == (BALANCE - PASSES, 0, PASSES)
    assert ANSWER_AFTER == REVIEW_AFTER


def test_a_blocked_payment_gives_the_money_and_the_limit_back_and_says_why(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """M11, M12, M32: by an entry of its own kind, at once or later."""
    for amount, at_once in ((BLOCKS, True), (BLOCKS_LATER, False)):
        payment_id, idem = a_payment(api, shop, amount)["id"], key()
        said = confirm(api, ada, payment_id, idem=idem).ok(200)
        assert said["status"] == ("failed" if at_once else "processing")
        if not at_once:
            assert money_of(cloud, ada) == (BALANCE - amount, amount, amount)
            refused(cancel(api, shop, payment_id), 409, "payment_processing")
            refused(capture(api, shop, payment_id), 409, "payment_processing")
            refused(confirm(api, ada, payment_id), 409, "payment_already_confirmed")
            assert later(cloud) == 1
        assert money_of(cloud, ada) == (BALANCE, 0, 0)
        again = confirm(api, ada, payment_id, idem=idem)
        assert (again.ok(200)["status"], again.headers["idempotent-replayed"]) == ("failed", "true")
        assert (again.json["decline_code"], again.json["total"]) == ("risk_declined", None)
        for refusal in (confirm(api, ada, payment_id), cancel(api, shop, payment_id), capture(api, shop, payment_id)):
            refused(refusal, 409, "payment_failed")
        refused(refund(api, shop, payment_id), 409, "payment_not_refundable")
        rows = api.get("/v1/transactions?limit=2", token=ada.token).ok(200)["data"]
        assert [(row["kind"], row["status"]) for row in rows] == [("release", "succeeded"), ("payment", "failed")]
        steps = api.get(f"/v1/transactions/{rows[0]['id']}", token=ada.token).ok(200)["timeline"]
        assert [step["what"] for step in steps] == ["payment.created", "payment.processing", "payment.failed"]
    assert merchant_balance(cloud, shop) == 0


@pytest.mark.parametrize("amount", [PASSES_LATER, SILENT])
def test_what_is_not_known_is_asked_for_until_it_is(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, amount: int
) -> None:
    """M12, M37: no answer is no end; nothing is given back before there is one."""
    payment_id, idem = a_payment(api, shop, amount)["id"], key()
    assert confirm(api, ada, payment_id, idem=idem).ok(200)["status"] == "processing"
    assert cloud.wallet.payments.settle_due() == 0
    assert money_of(cloud, ada) == (BALANCE - amount, amount, amount)
    early = key()
    assert refused(refund(api, shop, payment_id, 1, idem=early), 409, "payment_processing")["retry"] == "after"
    assert [later(cloud) for _ in range(2)] == [1, 0]
    assert confirm(api, ada, payment_id, idem=idem).ok(200)["status"] == "succeeded"
    assert money_of(cloud, ada) == (BALANCE - amount, 0, amount)
    refund(api, shop, payment_id, 1, idem=early).ok(201)
    refund(api, shop, payment_id).ok(201)
    assert money_of(cloud, ada)[0] == BALANCE
    assert merchant_balance(cloud, shop) == 0
    assert folded(cloud, chart.hold(payment_id)) == 0


def test_a_review_comes_before_a_manual_capture(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    payment_id = a_payment(api, shop, PASSES_LATER, capture="manual")["id"]
    confirm(api, ada, payment_id).ok(200)
    assert later(cloud) == 1
    seen = api.get(f"/v1/payments/{payment_id}", token=shop.key).ok(200)
    assert (seen["status"], seen["amount_captured"]) == ("authorized", cny(0))
    capture(api, shop, payment_id, 100).ok(200)
    assert money_of(cloud, ada) == (BALANCE - 100, 0, 100)


def test_a_payment_at_an_outlet_is_reviewed_too(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """M32: what is blocked leaves no trace in the static codes' own sum."""
    ada, phone = a_trusted_phone_of(api, cloud, ada)
    outlet = an_outlet(api, shop).ok(201)["id"]
    asked = ask(api, ada, "outlet_payment", outlet_id=outlet, amount=cny(BLOCKS_LATER)).ok(201)
    said = pay_at(api, ada, outlet, BLOCKS_LATER, authorization=phone.yes(asked)).ok(201)
    assert said["status"] == "processing"
    account = cloud.wallet.ledger.accounts.require(chart.customer(ada.id))
    assert set(account.spent.values()) == {BLOCKS_LATER}
    assert len(account.spent) == 2
    assert later(cloud) == 1
    account = cloud.wallet.ledger.accounts.require(chart.customer(ada.id))
    assert (account.balances, account.held, set(account.spent.values())) == ({"CNY": BALANCE}, {"CNY": 0}, {0})


def test_a_yes_stands_when_the_review_cannot_be_kept(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone, faults: Faults
) -> None:
    """M15: the caller is told the truth, and the schedule ends it."""
    payment_id = a_payment(api, shop, PASSES)["id"]
    faults.clear()
    faults.aim("TransactWriteItems", 2, "throttled", 60)
    assert confirm(api, ada, payment_id).ok(200)["status"] == "processing"
    faults.clear()
    assert later(cloud) == 1
    assert api.get(f"/v1/payments/{payment_id}", token=shop.key).ok(200)["status"] == "succeeded"
