"""What an operator is told of a bank's file, and how the command ends."""

from pathlib import Path
from typing import Any

import pytest

from dev.bank_files import BREAKS
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


def local(api: Api, *arguments: str) -> int:
    return main(["--local", "--port", str(api.port), *arguments, "--rail", "payouts"])


def test_the_local_banks_own_file_agrees_and_each_break_asked_for_is_found(
    api: Api, day: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The day is today's when none is named; a file that names nothing of the ledger's is one of extras."""
    file, other = tmp_path / "bank.csv", tmp_path / "other.csv"
    assert local(api, "sample") == local(api, "sample", "--day", day) == 0
    told = capsys.readouterr().out
    file.write_text(told[: len(told) // 2], "utf-8")
    assert file.read_text("utf-8").count("\n") == 3
    assert local(api, "bank", str(file)) == 0
    assert capsys.readouterr().out == "The books agree.\n"
    for how in BREAKS:
        assert local(api, "sample", "--breaks", how) == 0
        other.write_text(capsys.readouterr().out, "utf-8")
        assert local(api, "bank", str(other)) == 1
        assert capsys.readouterr().out.startswith(f"{how}  po_")
    assert local(api, "sample", "--breaks", "missing") == 0
    other.write_text(capsys.readouterr().out, "utf-8")
    assert local(api, "bank", str(other), "--beside", str(file)) == 0, "it stands in the file of another day"


def test_what_the_local_server_cannot_do_is_said(
    api: Api, day: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bank.csv"
    file.write_text("a,b\n", "utf-8")
    assert local(api, "bank", str(file)) == 2
    assert local(api, "sample", "--day", "yesterday") == 2
    assert local(api, "sample", "--breaks", "missing,extra,duplicate") == 2
    assert main(["--local", "--port", "1", "sample", "--rail", "cards"]) == 2
    said = capsys.readouterr().err.splitlines()
    assert [each.split(":")[0] for each in said] == [
        "The file cannot be read",
        "A day is such as 2026-11-22.",
        "3 breaks take as many records, and the day has 2.",
        "Nothing answers on 127.0.0.1",
    ]
    with pytest.raises(SystemExit):
        main(["--function", "f", "sample", "--rail", "payouts"])


def test_the_sandboxs_bank_file_is_asked_for_as_it_is_meant(api: Api, day: str) -> None:
    path = "/sandbox/bank_file"
    assert api.get(f"{path}?day={day}").text.startswith("reference,status,amount,currency\r\npo_")
    assert api.get(f"{path}?rail=cards").headers["content-type"] == "text/csv; charset=utf-8"
    for query in ("rail=post", "day=2026-13-01", "breaks=holes", "merchant=me"):
        assert api.get(f"{path}?{query}").status == 422
    for body in ({}, {"file": 7}, {"file": "", "beside": "x"}, {"text": ""}):
        assert api.post(path, body).status == 422
    api.post("/sandbox/reset").ok(200)
    assert api.get(f"{path}?day={day}").text == "reference,status,amount,currency\r\n", "a reset bank remembers nothing"
