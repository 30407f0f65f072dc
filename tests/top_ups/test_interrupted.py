"""Top-ups whose request dies, whose acquirer is slow or silent, or whose posting fails: nothing is lost, nothing comes twice."""

from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import APPROVES, DECLINES, LATER_APPROVES, an_operation, top_up, with_acquirer
from tests.build import Someone, a_card, as_customer, balance_of, key
from tests.faults.injector import OVERTAKEN, Faults
from tests.top_ups.acquirers import Dies, Overtaken
from wallet_api.gateways.acquirer import AcquirerSilent, ChargeOrder, ChargeOutcome
from wallet_api.ledger import chart
from wallet_api.ledger.errors import IdempotencyKeyInUse, WalletFrozen
from wallet_api.money import Money
from wallet_api.storage.errors import StorageBusy
from wallet_api.top_ups.model import LEASE
from wallet_api.top_ups.use_cases import Asking

pytestmark = pytest.mark.usefixtures("books")


@pytest.mark.parametrize("after", [False, True])
def test_a_request_that_died_while_asking_is_taken_up_by_its_key(
    api: Api, cloud: LocalCloud, someone: Someone, after: bool
) -> None:
    """M41: the lease keeps the key to one worker; when it is over, the acquirer is asked how the charge ended."""
    card_id, customer = a_card(api, cloud, someone), as_customer(cloud, someone)
    asking, asked = Asking(Money(50_00, "CNY"), card_id), an_operation(cloud, someone, key())
    dying = with_acquirer(cloud, Dies(cloud.wallet.acquirer, "charge", after=after))
    with pytest.raises(KeyboardInterrupt):
        dying.create(customer, asking, asked)
    with pytest.raises(IdempotencyKeyInUse):
        cloud.wallet.top_ups.create(customer, asking, asked)
    cloud.clock.advance(int(LEASE.total_seconds()))
    made = cloud.wallet.top_ups.create(customer, asking, asked)
    assert (made.value.status, made.replayed) == ("succeeded", True)
    assert cloud.wallet.top_ups.create(customer, asking, asked).value == made.value
    assert balance_of(api, someone) == 50_00


class Counted:
    """An acquirer whose questions about charges are counted."""

    def __init__(self, real: Any) -> None:
        self.real, self.asked = real, 0

    def find(self, order: ChargeOrder) -> ChargeOutcome:
        self.asked += 1
        outcome: ChargeOutcome = self.real.find(order)
        return outcome


def test_of_two_that_take_up_a_key_at_once_one_asks_the_acquirer(
    api: Api, cloud: LocalCloud, someone: Someone, faults: Faults
) -> None:
    """M41: the lease is taken anew by whoever is first; the other is answered with what the first one did."""
    card_id, customer = a_card(api, cloud, someone), as_customer(cloud, someone)
    asking, asked = Asking(Money(50_00, "CNY"), card_id), an_operation(cloud, someone, key())
    dying = with_acquirer(cloud, Dies(cloud.wallet.acquirer, "charge", after=True))
    with pytest.raises(KeyboardInterrupt):
        dying.create(customer, asking, asked)
    cloud.clock.advance(int(LEASE.total_seconds()))
    counted = Counted(cloud.wallet.acquirer)
    top_ups = with_acquirer(cloud, counted)
    copies: list[str] = []
    faults.meanwhile = lambda: copies.append(top_ups.create(customer, asking, asked).value.status)
    faults.aim("TransactWriteItems", 1, OVERTAKEN)
    answer = top_ups.create(customer, asking, asked)
    assert (copies, answer.value.status, answer.replayed, counted.asked) == (["succeeded"], "succeeded", True, 1)
    assert balance_of(api, someone) == 50_00


def test_who_finds_neither_what_a_copy_began_nor_its_card_asks_once_more(
    api: Api, cloud: LocalCloud, someone: Someone, faults: Faults
) -> None:
    """M37, M41: the reads of a trip are not of one moment; between two of them a copy charges the card, and the card is unbound."""
    card_id, customer = a_card(api, cloud, someone), as_customer(cloud, someone)
    asking, asked = Asking(Money(50_00, "CNY"), card_id), an_operation(cloud, someone, key())
    dying = with_acquirer(cloud, Dies(cloud.wallet.acquirer, "charge", after=True))
    unbound: list[int] = []

    def charges_and_unbinds() -> None:
        with pytest.raises(KeyboardInterrupt):
            dying.create(customer, asking, asked)
        unbound.append(api.delete(f"/v1/cards/{card_id}", token=someone.token).status)

    faults.clear()
    faults.meanwhile = charges_and_unbinds
    # A person's cards are asked for beside the call that reads the key's intent.
    faults.aim("Query", 1, OVERTAKEN)
    with pytest.raises(IdempotencyKeyInUse):
        cloud.wallet.top_ups.create(customer, asking, asked)
    assert unbound == [200]
    cloud.clock.advance(int(LEASE.total_seconds()))
    assert cloud.wallet.top_ups.create(customer, asking, asked).value.status == "succeeded"
    assert balance_of(api, someone) == 50_00


@pytest.mark.parametrize(("number", "end", "arrived"), [(APPROVES, "succeeded", 50_00), (DECLINES, "failed", 0)])
def test_what_has_its_end_is_not_opened_again_by_an_older_answer(
    api: Api, cloud: LocalCloud, someone: Someone, number: str, end: str, arrived: int
) -> None:
    """M41: the schedule learns the end while the request still waits to hear that there is none."""
    card_id, customer = a_card(api, cloud, someone, number), as_customer(cloud, someone)
    asking, asked = Asking(Money(50_00, "CNY"), card_id), an_operation(cloud, someone, key())

    def schedule_learns_it() -> None:
        cloud.clock.advance("2m")
        assert cloud.wallet.top_ups.settle_due() == 1

    late = with_acquirer(cloud, Overtaken(cloud.wallet.acquirer, schedule_learns_it))
    made = late.create(customer, asking, asked).value
    assert made.status == end
    assert api.get(f"/v1/top_ups/{made.id}", token=someone.token).ok(200)["status"] == end
    assert balance_of(api, someone) == arrived


def test_a_key_under_which_a_card_may_be_charged_takes_no_refusal(
    api: Api, cloud: LocalCloud, someone: Someone, faults: Faults
) -> None:
    """M37, M41: a copy found the wallet frozen; before it says so, the wallet thaws and another copy charges the card."""
    card_id, customer = a_card(api, cloud, someone), as_customer(cloud, someone)
    asking, asked = Asking(Money(50_00, "CNY"), card_id), an_operation(cloud, someone, key())
    accounts, storage, name = cloud.wallet.ledger.accounts, cloud.wallet.storage, chart.customer(someone.id)
    dying = with_acquirer(cloud, Dies(cloud.wallet.acquirer, "charge", after=True))

    def thaws_and_charges() -> None:
        with storage.atomic_write() as write:
            accounts.unfreeze(name, write)
        with pytest.raises(KeyboardInterrupt):
            dying.create(customer, asking, asked)

    with storage.atomic_write() as write:
        accounts.freeze(name, write)
    faults.meanwhile = thaws_and_charges
    faults.aim("TransactWriteItems", 1, OVERTAKEN)
    with pytest.raises(IdempotencyKeyInUse):
        cloud.wallet.top_ups.create(customer, asking, asked)
    cloud.clock.advance(int(LEASE.total_seconds()))
    assert cloud.wallet.top_ups.create(customer, asking, asked).value.status == "succeeded"
    assert balance_of(api, someone) == 50_00


def test_no_card_is_charged_under_a_key_that_a_copy_was_refused_under(
    api: Api, cloud: LocalCloud, someone: Someone, faults: Faults
) -> None:
    """M42: the wallet was active when this one looked; then it froze, and a copy was told so for good."""
    card_id, customer = a_card(api, cloud, someone), as_customer(cloud, someone)
    asking, asked = Asking(Money(50_00, "CNY"), card_id), an_operation(cloud, someone, key())
    charging = with_acquirer(cloud, Dies(cloud.wallet.acquirer, "charge", after=False))

    def freezes_and_refuses() -> None:
        with cloud.wallet.storage.atomic_write() as write:
            cloud.wallet.ledger.accounts.freeze(chart.customer(someone.id), write)
        with pytest.raises(WalletFrozen):
            cloud.wallet.top_ups.create(customer, asking, asked)

    faults.meanwhile = freezes_and_refuses
    faults.aim("TransactWriteItems", 1, OVERTAKEN)
    with pytest.raises(WalletFrozen):
        charging.create(customer, asking, asked)


def test_a_request_that_died_and_never_came_back_is_ended_by_the_schedule(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """O7, M37."""
    card_id, customer = a_card(api, cloud, someone), as_customer(cloud, someone)
    dying = with_acquirer(cloud, Dies(cloud.wallet.acquirer, "charge", after=True))
    with pytest.raises(KeyboardInterrupt):
        dying.create(customer, Asking(Money(50_00, "CNY"), card_id), an_operation(cloud, someone, key()))
    cloud.advance("1m")
    assert balance_of(api, someone) == 50_00


class Slow:
    """An acquirer so slow that the lease is over and the schedule has asked before its answer arrives."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud

    def charge(self, order: ChargeOrder) -> ChargeOutcome:
        outcome: ChargeOutcome = self.cloud.wallet.acquirer.charge(order)
        self.cloud.clock.advance("31s")
        self.cloud.wallet.top_ups.settle_due()
        return outcome


@pytest.mark.parametrize(("number", "status", "balance"), [(APPROVES, "succeeded", 50_00), (DECLINES, "failed", 0)])
def test_an_answer_that_comes_after_the_schedule_has_learned_it_changes_nothing(
    api: Api, cloud: LocalCloud, someone: Someone, number: str, status: str, balance: int
) -> None:
    """M36: late and duplicate answers."""
    card_id, customer = a_card(api, cloud, someone, number), as_customer(cloud, someone)
    asking, asked = Asking(Money(50_00, "CNY"), card_id), an_operation(cloud, someone, key())
    made = with_acquirer(cloud, Slow(cloud)).create(customer, asking, asked)
    assert made.value.status == status
    assert cloud.wallet.top_ups.create(customer, asking, asked).value == made.value
    assert balance_of(api, someone) == balance


class Silent:
    """An acquirer that answers nothing about charges, however long one waits."""

    def __init__(self) -> None:
        self.asked = 0

    def charge(self, order: ChargeOrder) -> ChargeOutcome:
        raise AcquirerSilent

    def find(self, order: ChargeOrder) -> ChargeOutcome:
        self.asked += 1
        raise AcquirerSilent


def test_an_acquirer_that_stays_silent_is_asked_ever_less_often_and_never_guessed(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    """O7, M37: unknown stays unknown."""
    card_id, customer = a_card(api, cloud, someone), as_customer(cloud, someone)
    silent = Silent()
    top_ups = with_acquirer(cloud, silent)
    made = top_ups.create(customer, Asking(Money(50_00, "CNY"), card_id), an_operation(cloud, someone, key()))
    for _ in range(24 * 20):
        cloud.clock.advance("3m")
        top_ups.settle_due()
    assert 24 <= silent.asked <= 48
    with cloud.wallet.storage.trip() as trip:
        found = top_ups.store.find(made.value.id, trip)
    assert found() == made.value


class Confused:
    """An acquirer that answers nonsense about one charge."""

    def __init__(self, real: Any, reference: str) -> None:
        self.real, self.reference = real, reference

    def find(self, order: ChargeOrder) -> ChargeOutcome:
        if order.reference == self.reference:
            raise ValueError("no such thing")
        outcome: ChargeOutcome = self.real.find(order)
        return outcome


def test_one_top_up_that_cannot_be_settled_keeps_no_other_waiting(
    api: Api, cloud: LocalCloud, someone: Someone
) -> None:
    card_id = a_card(api, cloud, someone, LATER_APPROVES)
    ids = [top_up(api, someone, card_id).ok(201)["id"] for _ in range(4)]
    cloud.clock.advance("2m")
    with_acquirer(cloud, Confused(cloud.wallet.acquirer, ids[0])).settle_due()
    assert balance_of(api, someone) == 3 * 50_00
    cloud.clock.advance("1m")
    with_acquirer(cloud, cloud.wallet.acquirer).settle_due()
    assert balance_of(api, someone) == 4 * 50_00


def test_a_charge_whose_posting_fails_is_posted_later(
    api: Api, cloud: LocalCloud, someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M41: money that the acquirer took is never answered as refused."""
    card_id, customer = a_card(api, cloud, someone), as_customer(cloud, someone)
    top_ups = with_acquirer(cloud, cloud.wallet.acquirer)

    def busy(*_: Any) -> Any:
        raise StorageBusy

    with monkeypatch.context() as broken:
        broken.setattr(type(top_ups), "_settle", busy)
        made = top_ups.create(customer, Asking(Money(50_00, "CNY"), card_id), an_operation(cloud, someone, key()))
    assert made.value.status == "processing"
    cloud.advance("1m")
    assert balance_of(api, someone) == 50_00
