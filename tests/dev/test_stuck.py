"""`./wallet ops stuck`: of transfers that arrive later, those whose time has come."""

from datetime import timedelta

import pytest

from dev import stuck
from dev.client import Api
from dev.cloud.local import LocalCloud
from tests.build import a_person
from tests.delaying import delayed


def test_a_transfer_is_listed_once_its_time_has_come_and_not_before(
    api: Api, cloud: LocalCloud, capsys: pytest.CaptureFixture[str]
) -> None:
    """O8: one that is on its way waits for nobody."""
    ada, bo = a_person(api, cloud, balance=1_000), a_person(api, cloud)
    sent = delayed(api, ada, bo, 700, "24h").ok(201)

    def listed() -> tuple[int, str]:
        late = stuck.main(["--function", "wallet-prod/APIHandler"], lambda *_: cloud.wallet)
        return late, capsys.readouterr().out

    cloud.clock.advance(timedelta(hours=23))
    assert listed() == (0, "0 without an end, 0 of them for more than 4 hours.\n")
    cloud.clock.advance(timedelta(hours=2))
    late, told = listed()
    assert (late, f"      {sent['id']}  scheduled" in told) == (0, True)
    cloud.clock.advance(timedelta(hours=4))
    late, told = listed()
    assert (late, f"LATE  {sent['id']}" in told) == (1, True)
