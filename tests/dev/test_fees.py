"""What an operator does with the fee schedule from the terminal."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.fees import main, schema

DOCS = Path(__file__).resolve().parents[2] / "docs"


def run(cloud: LocalCloud, *words: str) -> int:
    return main(["--function", "wallet-api", *words], lambda _function, _region: cloud.wallet)


def in_force_from(cloud: LocalCloud, seconds: int) -> str:
    return str((cloud.wallet.clock.now() + timedelta(seconds=seconds)).isoformat())


def rules(api: Api, **changes: Any) -> list[dict[str, Any]]:
    """The rules as everybody sees them, with those of transfers changed."""
    shown = api.get("/v1/fees").ok(200)["rules"]
    return [{**rule, **changes} if rule["operation"] == "transfer" else rule for rule in shown]


def publish(cloud: LocalCloud, file: Path, when: str, *step: str) -> int:
    return run(cloud, "publish", str(file), "--effective", when, *step)


def looked_at(cloud: LocalCloud, file: Path, when: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The code that the first step gives."""
    assert publish(cloud, file, when, "--dry-run") == 0
    found = re.search(r"--confirm ([0-9a-f]{8})\n", capsys.readouterr().out)
    assert found is not None
    return found[1]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "schedule.json"


def test_an_operator_looks_at_the_schedule_and_publishes_the_next_in_two_steps(
    api: Api, cloud: LocalCloud, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cloud, "show") == 0
    assert capsys.readouterr().out.startswith("version 1, ")
    file.write_text(json.dumps(rules(api, basis_points=25, monthly_free_count=3)))
    when = in_force_from(cloud, 600)
    code = looked_at(cloud, file, when, capsys)
    cloud.clock.advance("5m")
    assert publish(cloud, file, when, "--confirm", code) == 0
    shown = capsys.readouterr().out
    assert "25 bp" in shown
    assert "first 3 of a month free" in shown
    cloud.clock.advance("6m")
    assert api.get("/v1/fees").ok(200)["version"] == 2


def test_a_look_publishes_nothing_and_what_was_not_looked_at_is_not_published(
    api: Api, cloud: LocalCloud, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another file, another time, another predecessor: each is another code."""
    when, later = in_force_from(cloud, 3600), in_force_from(cloud, 7200)
    file.write_text(json.dumps(rules(api, basis_points=25)))
    code = looked_at(cloud, file, when, capsys)
    file.write_text(json.dumps(rules(api, basis_points=26)))
    assert publish(cloud, file, when, "--confirm", code) == 1
    file.write_text(json.dumps(rules(api, basis_points=25)))
    assert publish(cloud, file, later, "--confirm", code) == 1
    assert publish(cloud, file, when, "--confirm", "00000000") == 1
    assert capsys.readouterr().err.count("Not published: this is not the code of what was looked at.") == 3
    assert publish(cloud, file, when, "--confirm", code) == 0
    assert publish(cloud, file, when, "--confirm", code) == 1, "another version is its predecessor now"
    with pytest.raises(SystemExit):
        publish(cloud, file, when)
    with pytest.raises(SystemExit):
        publish(cloud, file, when, "--dry-run", "--confirm", code)


def test_what_changes_for_whom_is_worked_out(
    api: Api, cloud: LocalCloud, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(json.dumps(rules(api)))
    assert run(cloud, "diff", str(file)) == 0
    assert capsys.readouterr().out == "Nothing changes for anybody.\n"
    special = {"operation": "payment", "channel": None, "borne_by": "payer", "basis_points": 30, "categories": ["5411"]}
    file.write_text(json.dumps([*rules(api, maximum=None, monthly_free_count=2), special]))
    assert run(cloud, "diff", str(file)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "payment: category 5411, basic; category 5411, verified",
        "  borne by merchant -> payer",
        "  1.00 CNY costs 0.01 -> 0.00",
        "  100.00 CNY costs 0.60 -> 0.30",
        "  1000.00 CNY costs 6.00 -> 3.00",
        "  10000.00 CNY costs 60.00 -> 30.00",
        "  50000.00 CNY costs 300.00 -> 150.00",
        "transfer: basic; verified",
        "  monthly_free_count 0 -> 2",
        "  50000.00 CNY costs 25.00 -> 49.00",
    ]
    assert api.get("/v1/fees").ok(200)["version"] == 1


def test_a_schedule_that_is_none_or_comes_too_soon_is_refused_in_a_sentence(
    api: Api, cloud: LocalCloud, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for content in ("{", json.dumps(rules(api, basis_point=1)), json.dumps(rules(api, fixed=1.5))):
        file.write_text(content)
        assert publish(cloud, file, in_force_from(cloud, 120), "--dry-run") == 1
        assert "is not a schedule" in capsys.readouterr().err
    file.write_text(json.dumps(rules(api)))
    assert publish(cloud, file, in_force_from(cloud, 30), "--dry-run") == 1
    assert capsys.readouterr().err.startswith("Not published: fee_schedule_too_soon (earliest ")
    file.write_text(json.dumps(rules(api)[1:]))
    for act in (("publish", str(file), "--effective", in_force_from(cloud, 120), "--dry-run"), ("diff", str(file))):
        assert run(cloud, *act) == 1
        hole = "Not published: fee_schedule_incomplete (operation top_up, without debit_card, basic)\n"
        assert capsys.readouterr().err == hole
    file.write_text(json.dumps([*rules(api), rules(api)[0]]))
    assert publish(cloud, file, in_force_from(cloud, 120), "--dry-run") == 1
    assert capsys.readouterr().err.startswith("Not published: fee_rules_overlap (operation top_up, rules 1 ")
    assert publish(cloud, file.with_name("nowhere"), in_force_from(cloud, 120), "--dry-run") == 1
    assert run(cloud, "show", "--at", "2019-01-01T00:00:00Z") == 1
    with pytest.raises(SystemExit):
        run(cloud, "show", "--at", "2027-01-01T00:00:00")


def test_the_page_shows_a_file_that_can_be_published_and_commands_that_exist(
    cloud: LocalCloud, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every snippet of docs/fees.md is run, against a local cloud in the place of a deployed one."""
    page = (DOCS / "fees.md").read_text("utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    Draft202012Validator(schema()).validate(json.loads(example))
    file.write_text(example)
    (commands,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    code = ""
    for command in commands.splitlines():
        words = command.replace("schedule.json", str(file)).replace("CODE", code).split()[4:]
        assert run(cloud, *words) == 0, command
        found = re.search(r"--confirm ([0-9a-f]{8})\n", capsys.readouterr().out)
        code = found[1] if found else code
    assert cloud.wallet.fees.schedule(datetime(2027, 1, 1, tzinfo=UTC)).version == 2


def test_the_schema_that_editors_read_is_that_of_the_code() -> None:
    kept = json.loads((DOCS / "fee-schedule.schema.json").read_text("utf-8"))
    assert kept == schema()
    check = Draft202012Validator(kept)
    good = {"operation": "payout", "channel": None, "borne_by": "merchant", "basis_points": 0}
    assert check.is_valid([good])
    for wrong in ({"basis_points": -1}, {"fixed": 1.5}, {"free_count": 1}, {"categories": ["54"]}, {"tier": "gold"}):
        assert not check.is_valid([{**good, **wrong}])
    assert not check.is_valid([{name: value for name, value in good.items() if name != "borne_by"}])
