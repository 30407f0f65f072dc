"""What an operator does with the fee schedule from the terminal."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.fees import main


def run(cloud: LocalCloud, *words: str) -> int:
    return main(["--function", "wallet-api", *words], lambda _function, _region: cloud.wallet)


def in_force_from(cloud: LocalCloud, seconds: int) -> str:
    return str((cloud.wallet.clock.now() + timedelta(seconds=seconds)).isoformat())


def rules(api: Api, **changes: Any) -> list[dict[str, Any]]:
    """The rules as everybody sees them, with those of transfers changed."""
    shown = api.get("/v1/fees").ok(200)["rules"]
    return [{**rule, **changes} if rule["operation"] == "transfer" else rule for rule in shown]


def test_an_operator_looks_at_the_schedule_and_publishes_the_next(
    api: Api, cloud: LocalCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(cloud, "show") == 0
    assert capsys.readouterr().out.startswith("version 1, ")
    file = tmp_path / "schedule.json"
    file.write_text(json.dumps(rules(api, basis_points=25)))
    assert run(cloud, "publish", str(file), "--at", in_force_from(cloud, 120)) == 0
    assert "25 bp" in capsys.readouterr().out
    cloud.clock.advance("3m")
    assert api.get("/v1/fees").ok(200)["version"] == 2


def test_a_schedule_that_is_none_or_comes_too_soon_is_refused_in_a_sentence(
    api: Api, cloud: LocalCloud, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "schedule.json"
    for content in ("{", json.dumps(rules(api, basis_point=1)), json.dumps(rules(api, fixed=1.5))):
        file.write_text(content)
        assert run(cloud, "publish", str(file), "--at", in_force_from(cloud, 120)) == 1
        assert "is not a schedule" in capsys.readouterr().err
    file.write_text(json.dumps(rules(api)))
    assert run(cloud, "publish", str(file), "--at", in_force_from(cloud, 30)) == 1
    assert capsys.readouterr().err.startswith("Not published: fee_schedule_too_soon (earliest ")
    file.write_text(json.dumps(rules(api)[1:]))
    assert run(cloud, "publish", str(file), "--at", in_force_from(cloud, 120)) == 1
    assert capsys.readouterr().err == "Not published: fee_schedule_incomplete (operation top_up)\n"
    assert run(cloud, "publish", str(tmp_path / "nowhere"), "--at", in_force_from(cloud, 120)) == 1
    assert run(cloud, "show", "--at", "2019-01-01T00:00:00Z") == 1
    with pytest.raises(SystemExit):
        run(cloud, "show", "--at", "2027-01-01T00:00:00")
