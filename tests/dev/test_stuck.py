"""Whatever the schedules do: one that cannot be brought on is put off, keeps nobody waiting, wakes somebody and is found."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from _pytest.capture import CaptureFixture

from dev import stuck
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_card, a_merchant, a_person, cny, key
from tests.delaying import delayed
from tests.settling import earn, past_midnight, payouts, with_account
from wallet_api.ids import new_id
from wallet_api.storage.due import DueWork

PREFIXES = {
    "top_up": "top", "withdrawal": "wdr", "transfer": "trf", "payment": "pay", "refund": "ref", "refund_request": "rfr", "payout": "po",
    "settlement_day": "mer", "webhook_delivery": "dlv", "webhook_replay": "rpl", "confirmation": "evt", "notice": "ntc",
}  # fmt: skip


def works(cloud: LocalCloud) -> Iterator[DueWork]:
    yield from stuck.works(cloud.wallet)


def poison(cloud: LocalCloud, work: DueWork) -> str:
    """A record that stands in the index before all others, and that nobody can make anything of."""
    pk = new_id(PREFIXES[work.sk], cloud.clock.now())
    place = work.place(pk, cloud.clock.now().replace(year=2020))
    item = {"pk": pk, "sk": work.sk, **place}
    cloud.wallet.storage._connection.client.put_item(
        TableName=cloud.wallet.settings.tables["records"], Item={name: {"S": value} for name, value in item.items()}
    )
    return pk


def run(cloud: LocalCloud) -> None:
    """The schedules, and the workers behind their queues; the streams stand still, for poison has no life to tell of."""
    cloud.pump.run_schedules()
    while cloud.pump.queues.step():
        pass


def listed(cloud: LocalCloud) -> int:
    return stuck.main(["--function", "wallet-prod/APIHandler"], lambda *_: cloud.wallet)


def test_every_kind_of_work_is_named(cloud: LocalCloud) -> None:
    """A new kind is looked after here as well."""
    assert sorted(work.sk for work in works(cloud)) == sorted(PREFIXES)


@pytest.mark.parametrize("kind", PREFIXES)
def test_what_cannot_be_brought_on_is_put_off_wakes_somebody_and_is_found(
    cloud: LocalCloud, kind: str, capsys: CaptureFixture[str]
) -> None:
    """O1, O8: run as it is deployed, with its functions' rights."""
    (work,) = (each for each in works(cloud) if each.sk == kind)
    pk = poison(cloud, work)
    assert list(work.by(cloud.clock.now())) == [pk]
    cloud.clock.advance("1m")
    run(cloud)
    assert list(work.by(cloud.clock.now())) == [], "at the head of its queue it would be tried first for ever"
    (found,) = stuck.failing_ones(cloud.wallet)
    assert (found.id, found.kind, found.failures <= 2) == (pk, kind, True)
    assert listed(cloud) == 0
    assert f"FAILS {pk}" in capsys.readouterr().out
    for _ in range(5):
        cloud.clock.advance("9m")
        run(cloud)
    (found,) = stuck.failing_ones(cloud.wallet)
    assert (found.id, found.failures >= 3) == (pk, True)
    assert listed(cloud) == 1
    assert f"FAILS {pk}" in capsys.readouterr().out
    told = cloud.gauges.shown()
    if kind in ("top_up", "withdrawal", "transfer", "payment", "refund", "refund_request"):
        assert told["stuck_processing"]["sum"] >= 1
    elif kind == "payout":
        assert told["stuck_payouts"]["sum"] >= 1
    elif kind == "settlement_day":
        assert told["days_not_settled"]["last"] == 1


def test_a_day_that_cannot_be_closed_is_told_of_each_minute_though_it_is_tried_seldom(
    api: Api, cloud: LocalCloud
) -> None:
    """The alarm waits for a quarter of an hour without a good minute."""
    shop = with_account(cloud, a_merchant(cloud))
    earn(api, cloud, shop)
    (work,) = (each for each in works(cloud) if each.sk == "settlement_day")
    pk = poison(cloud, work)
    past_midnight(cloud)
    for _ in range(15):
        cloud.wallet.payouts.settle_days()
        assert cloud.gauges.shown()["days_not_settled"]["last"] == 1
        cloud.clock.advance("1m")
    assert len(payouts(api, shop)) == 1
    (found,) = work.failing()
    assert (found.id, found.failures < 6) == (pk, True)


def test_what_cannot_be_read_hides_nothing_that_is_open(
    api: Api, cloud: LocalCloud, capsys: CaptureFixture[str]
) -> None:
    for work in works(cloud):
        poison(cloud, work)
    someone = a_person(api, cloud, balance=1_000)
    asked = {"amount": cny(500), "source": {"card_id": a_card(api, cloud, someone, "4000000000000119")}}
    topped = api.post("/v1/top_ups", asked, token=someone.token, key=key()).ok(201)
    assert listed(cloud) == 0
    assert f"{topped['id']}  processing" in capsys.readouterr().out


def test_a_transfer_is_listed_once_its_time_has_come_and_not_before(
    api: Api, cloud: LocalCloud, capsys: CaptureFixture[str]
) -> None:
    """O8: one that is on its way waits for nobody."""
    ada, bo = a_person(api, cloud, balance=1_000), a_person(api, cloud)
    sent = delayed(api, ada, bo, 700, "24h").ok(201)

    def shown() -> tuple[int, str]:
        return listed(cloud), capsys.readouterr().out

    cloud.clock.advance(timedelta(hours=23))
    assert shown() == (0, "0 without an end, 0 of them for more than 4 hours.\n")
    cloud.clock.advance(timedelta(hours=2))
    late, told = shown()
    assert (late, f"      {sent['id']}  scheduled" in told) == (0, True)
    cloud.clock.advance(timedelta(hours=4))
    late, told = shown()
    assert (late, f"LATE  {sent['id']}" in told) == (1, True)
