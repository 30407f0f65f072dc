"""What an operator is told of a bank's file, and how the command ends."""

from pathlib import Path
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.reconcile import main
from tests.build import a_merchant
from tests.settling import earn, pay_out, with_account
from wallet_api.clock import wallet_day


def run(cloud: LocalCloud, *arguments: str) -> int:
    opener: Any = lambda _function, _region: cloud.wallet  # noqa: E731
    return main(["--function", "f", *arguments], opener)


@pytest.fixture
def day(api: Api, cloud: LocalCloud) -> str:
    shop = with_account(cloud, a_merchant(cloud))
    earn(api, cloud, shop)
    cloud.clock.advance("24h")
    for amount in (10_00, 20_00):
        pay_out(api, shop, amount).ok(201)
    cloud.pump.drain()
    return wallet_day(cloud.clock.now())


def test_a_sample_agrees_and_a_spoilt_one_does_not(
    cloud: LocalCloud, day: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bank.csv"
    on = ("--rail", "payouts", "--day", day)
    assert run(cloud, "sample", *on) == 0
    file.write_text(capsys.readouterr().out, "utf-8")
    assert run(cloud, "bank", str(file), *on) == 0
    assert "The books agree." in capsys.readouterr().out
    assert run(cloud, "sample", *on, "--breaks", "missing,duplicate") == 0
    file.write_text(capsys.readouterr().out, "utf-8-sig")
    assert run(cloud, "bank", str(file), *on) == 1
    told = capsys.readouterr().out
    assert "missing  po_" in told
    assert "duplicate  po_" in told
    assert "2 breaks; nothing was changed." in told


def test_what_is_no_file_is_refused(cloud: LocalCloud, day: str, tmp_path: Path) -> None:
    file = tmp_path / "bank.csv"
    file.write_text("a,b\n", "utf-8")
    for name in (str(file), str(tmp_path / "none.csv"), str(tmp_path)):
        assert run(cloud, "bank", name, "--rail", "cards", "--day", day) == 2
