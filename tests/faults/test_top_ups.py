"""A top-up whose every storage call is broken in turn: the same key, or the schedule, always brings it to one end."""

from contextlib import suppress

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.banking import APPROVES, DECLINES, NEEDS_CODE, an_operation
from tests.build import a_card, a_person, balance_of, code_to, key
from tests.faults.injector import FAULTS, ProcessDied, injecting
from wallet_api.errors import Declined, Unavailable
from wallet_api.ledger.errors import IdempotencyKeyInUse
from wallet_api.ledger.verify import verify
from wallet_api.money import Money
from wallet_api.top_ups.model import LEASE
from wallet_api.top_ups.use_cases import Asking

AMOUNT = Money(1_00, "CNY")
BROKEN = ("died before", "died after", "no answer, not applied", "applied, no answer", "applied, 500", "conflict")
SURVIVED = (Unavailable, ProcessDied, IdempotencyKeyInUse)


def calls_of_one(cloud: LocalCloud, someone: object, card_id: str) -> int:
    with injecting() as faults, suppress(Declined):
        create(cloud, someone, card_id, key())
    return len(faults.calls)


def create(cloud: LocalCloud, someone: object, card_id: str, idem: str) -> str:
    customer = cloud.wallet.sessions.presented(someone.token)  # type: ignore[attr-defined]
    asked = an_operation(cloud, someone, idem)  # type: ignore[arg-type]
    return str(cloud.wallet.top_ups.create(customer, Asking(AMOUNT, card_id), asked).value.status)


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("taken_up_by", ["the same key", "the schedule"])
def test_whatever_breaks_an_approved_top_up_arrives_once(
    api: Api, cloud: LocalCloud, fault: str, taken_up_by: str
) -> None:
    """M37, M41: after any crash at any storage call the top-up is wholly there or wholly absent."""
    assert fault in FAULTS
    someone = a_person(api, cloud)
    card_id = a_card(api, cloud, someone, APPROVES)
    calls = calls_of_one(cloud, someone, card_id)
    arrived = 1
    for nth in range(1, calls + 1):
        idem = key()
        with injecting() as faults, suppress(*SURVIVED):
            faults.hit(nth, fault)
            create(cloud, someone, card_id, idem)
        cloud.clock.advance(int(LEASE.total_seconds()) + 1)
        if taken_up_by == "the schedule":
            cloud.wallet.top_ups.settle_due()
        assert create(cloud, someone, card_id, idem) == "succeeded"
        arrived += 1
        assert balance_of(api, someone) == arrived * AMOUNT.amount, f"{fault} at call {nth} of {calls}"
    cloud.pump.drain()
    assert verify(cloud.wallet.ledger).findings == []


@pytest.mark.parametrize("fault", BROKEN)
def test_whatever_breaks_a_declined_top_up_never_arrives(api: Api, cloud: LocalCloud, fault: str) -> None:
    """M41, M42."""
    someone = a_person(api, cloud)
    card_id = a_card(api, cloud, someone, DECLINES)
    for nth in range(1, calls_of_one(cloud, someone, card_id) + 1):
        idem = key()
        with injecting() as faults, suppress(Declined, *SURVIVED):
            faults.hit(nth, fault)
            create(cloud, someone, card_id, idem)
        cloud.clock.advance(int(LEASE.total_seconds()) + 1)
        ends = []
        for _ in range(2):
            try:
                ends.append(create(cloud, someone, card_id, idem))
            except Declined as declined:
                ends.append(declined.code)
        assert ends in (["failed"] * 2, ["card_declined"] * 2), f"{fault} at call {nth}"
    assert balance_of(api, someone) == 0


@pytest.mark.parametrize("fault", BROKEN)
def test_whatever_breaks_a_confirmation_it_can_be_repeated(api: Api, cloud: LocalCloud, fault: str) -> None:
    someone = a_person(api, cloud)
    card_id = a_card(api, cloud, someone, NEEDS_CODE)
    customer = cloud.wallet.sessions.presented(someone.token)
    for nth in range(1, 4):
        with injecting() as faults:
            made = cloud.wallet.top_ups.create(
                customer, Asking(AMOUNT, card_id), an_operation(cloud, someone, key())
            ).value
            code = code_to(cloud, someone.phone)
            faults.clear()
            with suppress(*SURVIVED):
                faults.hit(nth, fault)
                cloud.wallet.top_ups.confirm(customer, made.id, code)
        assert cloud.wallet.top_ups.confirm(customer, made.id, code).status == "succeeded"
        assert balance_of(api, someone) == nth * AMOUNT.amount, f"{fault} at call {nth}"


def test_a_top_up_is_two_writes_and_one_reading_trip(api: Api, cloud: LocalCloud) -> None:
    """The reading trip's calls are made at the same time; the fee schedule is known already."""
    someone = a_person(api, cloud)
    card_id = a_card(api, cloud, someone, APPROVES)
    create(cloud, someone, card_id, key())
    with injecting() as faults:
        create(cloud, someone, card_id, key())
    names = [name for name, _ in faults.calls]
    assert sorted(names[:2]) == ["BatchGetItem", "Query"]
    assert names[2:] == ["TransactWriteItems"] * 2
    intent, posting = (len(parameters["TransactItems"]) for parameters in faults.made("TransactWriteItems"))
    assert (intent, posting) == (4, 4)
