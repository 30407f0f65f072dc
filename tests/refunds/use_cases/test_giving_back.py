"""What happens to refunds that are repeated, race, or meet a wallet or a merchant in trouble, over HTTP."""

from functools import partial

import pytest
from msgspec.structs import replace

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import an_operation
from tests.build import Shop, Someone, a_merchant, a_person, balance_of, cny, key, refused
from tests.ledger_world import World
from tests.ledger_world import cny as world_cny
from tests.shopping import a_paid_payment, at_once, folded, merchant_balance, refund
from wallet_api.ledger import chart
from wallet_api.ledger.entry import move
from wallet_api.money import Money
from wallet_api.refunds.errors import RefundExceedsPayment
from wallet_api.refunds.model import Refund, why_not_refundable
from wallet_api.refunds.use_cases import GivingBack


@pytest.fixture
def shop(cloud: LocalCloud) -> Shop:
    return a_merchant(cloud)


@pytest.fixture
def ada(api: Api, cloud: LocalCloud) -> Someone:
    return a_person(api, cloud, balance=200_00)


def test_sixty_and_sixty_of_a_hundred_at_once_is_sixty(api: Api, cloud: LocalCloud, shop: Shop, ada: Someone) -> None:
    """M34: one succeeds, always; the other is told what is left."""
    for _ in range(5):
        before = balance_of(api, ada)
        payment = a_paid_payment(api, shop, ada, 100)
        answers = at_once(api, *[partial(refund, shop=shop, payment_id=payment["id"], amount=60)] * 2)
        assert sorted(answer.status for answer in answers) == [201, 409], [answer.text for answer in answers]
        (lost,) = [answer for answer in answers if answer.status == 409]
        assert refused(lost, 409, "refund_exceeds_payment")["refundable"] == cny(40)
        assert balance_of(api, ada) == before - 40
    merchant_balance(cloud, shop)


def test_no_more_is_given_back_than_is_left_whatever_was_read(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """M34: the payment's own condition, and not the belief of whoever asks, says what is left."""
    paid = a_paid_payment(api, shop, ada, 100)
    refund(api, shop, paid["id"], 60).ok(201)
    payments, storage = cloud.wallet.payments, cloud.wallet.storage
    with storage.trip() as trip:
        found = payments.reading(paid["id"], trip)
    known = found()
    assert known is not None
    believed, amount = replace(known, refundable=100), Money(60, "CNY")
    with pytest.raises(RefundExceedsPayment), storage.atomic_write() as write:
        payments.take_back(
            believed, "ref_1", amount, write, lambda current: why_not_refundable(current, amount), KeyError()
        )


def test_refunds_that_fit_all_succeed_however_many_come_at_once(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """M13, M34: one is worked out anew when another was counted meanwhile; the fee comes back to the last fen."""
    payment = a_paid_payment(api, shop, ada, 100_00)
    assert payment["fee"] == cny(60)
    fees = folded(cloud, chart.FEES)
    answers = at_once(api, *[partial(refund, shop=shop, payment_id=payment["id"], amount=12_50)] * 8)
    assert [answer.status for answer in answers] == [201] * 8, [answer.text for answer in answers]
    assert sum(answer.json["fee_returned"]["amount"] for answer in answers) == 60
    assert balance_of(api, ada) == 200_00
    assert merchant_balance(cloud, shop) == 0
    assert folded(cloud, chart.FEES) == fees - 60
    seen = api.get(f"/v1/payments/{payment['id']}", token=shop.key).ok(200)
    assert seen["amount_refunded"] == cny(100_00)
    assert sorted(seen["refunds"]) == sorted(answer.json["id"] for answer in answers)


def test_one_key_sent_six_times_at_once_refunds_once(api: Api, shop: Shop, ada: Someone) -> None:
    """M38, M41."""
    payment, idem = a_paid_payment(api, shop, ada, 100), key()
    answers = at_once(api, *[partial(refund, shop=shop, payment_id=payment["id"], amount=10, idem=idem)] * 6)
    assert {answer.status for answer in answers} == {201}
    assert len({answer.body for answer in answers}) == 1
    assert balance_of(api, ada) == 200_00 - 90


def test_a_refusal_stays_one_under_its_key(api: Api, shop: Shop, ada: Someone) -> None:
    """M42."""
    payment, idem = a_paid_payment(api, shop, ada, 100), key()
    first = refund(api, shop, payment["id"], 101, idem=idem)
    refused(first, 409, "refund_exceeds_payment")
    again = refund(api, shop, payment["id"], 101, idem=idem)
    assert (again.status, again.body) == (409, first.body)
    refused(refund(api, shop, payment["id"], 100, idem=idem), 422, "idempotency_key_reused")


def test_a_frozen_wallet_still_gets_its_money_back(
    api: Api, cloud: LocalCloud, world: World, shop: Shop, ada: Someone
) -> None:
    payment = a_paid_payment(api, shop, ada, 100)
    world.set_status(chart.customer(ada.id), "frozen")
    refund(api, shop, payment["id"]).ok(201)
    assert world.balance(chart.customer(ada.id)) == 200_00


def test_a_merchant_that_is_short_still_gives_back_and_owes_the_rest(
    api: Api, cloud: LocalCloud, world: World, shop: Shop, ada: Someone
) -> None:
    """M35: its balance goes below zero and is recovered from what it is paid next."""
    payment = a_paid_payment(api, shop, ada, 100_00)
    paid_out = move(world_cny(99_40), chart.merchant(shop.id), chart.bank("payouts"))
    world.book(paid_out, kind="payout")
    assert merchant_balance(cloud, shop) == 0
    refund(api, shop, payment["id"], 60_00).ok(201)
    assert balance_of(api, ada) == 160_00
    assert merchant_balance(cloud, shop) == -60_00 + 36


def test_the_way_to_a_card_has_to_be_open_in_the_moment_of_the_write(
    api: Api, cloud: LocalCloud, shop: Shop, ada: Someone
) -> None:
    """A charge that was used up since leaves the credit to the bound card; a card that was unbound since, the balance."""
    (card,) = api.get("/v1/cards", token=ada.token).ok(200)["data"]
    paid, refunds = a_paid_payment(api, shop, ada, 150_00), cloud.wallet.refunds
    with cloud.wallet.storage.trip() as trip:
        reading = refunds.options(ada.id, card["id"], trip)
    seen = reading()
    (charge,) = seen.charges

    def give(amount: int) -> Refund:
        wish = GivingBack(paid["id"], Money(amount, "CNY"), "broken")
        payment = cloud.wallet.payments.found_again(paid["id"])
        given: Refund = refunds.give_back(payment, wish, an_operation(cloud, ada, key()), seen)
        return given

    by_charge = give(40_00)
    with cloud.wallet.storage.atomic_write() as write:
        cloud.wallet.top_ups.give_back(charge.id, charge.total, charge.total - Money(40_00, "CNY"), write)
    by_credit = give(30_00)
    api.delete(f"/v1/cards/{card['id']}", token=ada.token).ok()
    nowhere = give(20_00)
    assert [each.destination for each in (by_charge, by_credit, nowhere)] == ["card", "card", "balance"]
    assert (by_charge.charge, by_credit.charge, nowhere.diverted) == (charge.id, None, "card_unavailable")
