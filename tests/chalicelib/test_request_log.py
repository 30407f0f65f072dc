"""One line for each request: which operation, with what outcome, at what cost, and nothing of anybody's."""

import json
import re
from typing import Any

import pytest
from msgspec import structs

from chalicelib import wiring
from dev.cloud.local import LocalCloud
from tests.build import a_person, send
from tests.client import Api
from tests.faults.injector import Faults
from tests.promises import PromisedApi
from tests.secrecy import found_in
from wallet_api.ids import new_id
from wallet_api.metrics import EmbeddedMetrics, Measure


@pytest.fixture
def told(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the wallet's metrics are given, with what stands beside them."""
    lines: list[Any] = []

    def tell(*measures: Any, about: Any = None) -> None:
        if about is not None:
            lines.append({**about, **{each.name: each.value for each in measures}})

    monkeypatch.setattr(cloud.gauges, "tell", tell)
    return lines


def test_a_stranger_leaves_a_line_that_names_the_refusal(api: Api, told: list[Any]) -> None:
    answer = api.get("/v1/wallet", token="at_nobody")
    assert answer.status == 401
    (line,) = told
    assert (line["operation"], line["caller"], line["status"]) == ("GET /v1/wallet", "anybody", 401)
    assert line["outcome"] == answer.json["code"]
    assert line["request_id"] == answer.headers["x-request-id"]


def test_a_transfer_leaves_its_cost_and_nobodys_name(api: PromisedApi, cloud: LocalCloud, told: list[Any]) -> None:
    """D9: neither who paid whom nor how much."""
    ada, bo = a_person(api, cloud, balance=5_000), a_person(api, cloud)
    told.clear()
    send(api, ada, bo, 700).ok(201)
    (line,) = [each for each in told if each["operation"] == "POST /v1/transfers"]
    assert (line["caller"], line["outcome"]) == ("customer", "ok")
    assert line["storage_calls"] >= 2
    assert set(line) == {
        "request_id", "operation", "caller", "status", "outcome", "ms", "storage_calls", "storage_units"
    }  # fmt: skip
    text = json.dumps(line)
    for personal in (ada.id, bo.id, ada.token):
        assert personal not in text
    assert not found_in(text, api.secrets)


def test_an_operation_is_named_as_it_is_documented_and_not_as_it_was_asked(
    api: Api, cloud: LocalCloud, told: list[Any]
) -> None:
    """D9: an id in a path is somebody's, and lines of one operation could not be counted together."""
    ada = a_person(api, cloud)
    told.clear()
    api.get(f"/v1/payments/{new_id('pay', cloud.clock.now())}", token=ada.token)
    (line,) = told
    assert (line["operation"], line["outcome"]) == ("GET /v1/payments/{payment_id}", "not_found")


def test_what_is_answered_503_is_counted_for_its_alarm(api: Api, told: list[Any], faults: Faults) -> None:
    """O8, O13: and nothing else is."""
    faults.always("*", "throttled")
    answer = api.get("/v1/health")
    assert (answer.status, answer.json["code"]) == (503, "storage_busy")
    faults.clear()
    api.get("/v1/health").ok(200)
    busy, well = told
    assert (busy["status"], busy["outcome"], busy["unavailable"]) == (503, "storage_busy", 1)
    assert "unavailable" not in well


def test_developers_are_told_the_timing_and_production_is_silent(
    api: Api, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = api.get("/v1/health").headers["server-timing"]
    assert re.fullmatch(r"app;dur=\d+", shown), "calls and units go by what was found, and would tell of it"
    own = cloud.wallet
    deployed = own.replaced(settings=structs.replace(own.settings, stage="prod"))
    monkeypatch.setattr(wiring._container, "wallet", deployed)
    assert "server-timing" not in api.get("/v1/health").headers


def test_the_line_is_a_metric_that_an_alarm_reads(capsys: pytest.CaptureFixture[str], cloud: LocalCloud) -> None:
    EmbeddedMetrics("prod", cloud.clock).tell(Measure("unavailable", 1), about={"operation": "GET /v1/wallet"})
    line = json.loads(capsys.readouterr().out)
    assert (line["unavailable"], line["operation"], line["stage"]) == (1, "GET /v1/wallet", "prod")
    assert line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["stage"]]
