"""One line for each invocation that no request asked for, from the handlers as app.py declares them."""

import json
from typing import Any

import pytest

from app import app
from dev.cloud.context import LambdaContext
from dev.cloud.local import LocalCloud
from tests.build import a_person, send
from tests.promises import PromisedApi
from tests.secrecy import found_in

LINE = {
    "request_id", "operation", "caller", "outcome", "work_ms", "work_calls", "work_units", "work_records", "work_failed"
}  # fmt: skip


@pytest.fixture
def told(cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The lines that stand in no request's log, with their numbers."""
    lines: list[dict[str, Any]] = []
    kept = cloud.gauges.tell

    def tell(*measures: Any, about: Any = None) -> None:
        kept(*measures)
        if about is not None and "work_ms" in about:
            lines.append({**about, **{each.name: each.value for each in measures}})

    monkeypatch.setattr(cloud.gauges, "tell", tell)
    return lines


def invoke(function: str, event: dict[str, Any]) -> Any:
    return app.handler_map[function](event, LambdaContext(function))


def test_every_function_but_the_apis_leaves_a_line(
    api: PromisedApi, cloud: LocalCloud, told: list[dict[str, Any]]
) -> None:
    """D9: which function, for what, at what cost; nobody's name, id, number or amount."""
    ada, bo = a_person(api, cloud, balance=5_000), a_person(api, cloud)
    send(api, ada, bo, 700).ok(201)
    told.clear()
    cloud.advance("25h")
    lines = {line["operation"]: line for line in told}
    unasked = {source.name for source in app.event_sources if not hasattr(source, "queue_arn")}
    assert set(lines) >= unasked
    for line in told:
        assert set(line) == LINE
        assert (line["outcome"], line["work_failed"]) == ("ok", 0)
        assert line["request_id"]
    assert {lines[name]["caller"] for name in ("fold_ledger", "dispatch_events")} == {"stream"}
    assert {lines[name]["caller"] for name in ("settle_days", "verify_ledger")} == {"schedule"}
    assert lines["fold_ledger"]["work_records"] >= 1
    assert lines["verify_ledger"]["work_calls"] >= 2
    text = json.dumps(told)
    assert not any(personal in text for personal in (ada.id, bo.id, ada.token))
    assert not found_in(text, api.secrets)


def test_messages_leave_one_too_and_what_fails_is_counted(cloud: LocalCloud, told: list[dict[str, Any]]) -> None:
    good = {"messageId": "m1", "body": json.dumps({"delivery": "dlv_nobody"}), "receiptHandle": "r"}
    answer = invoke("deliver_webhooks", {"Records": [good, {"messageId": "m2", "body": "{", "receiptHandle": "r"}]})
    (line,) = told
    assert answer["batchItemFailures"]
    assert (line["operation"], line["caller"], line["outcome"]) == ("deliver_webhooks", "queue", "partly")
    assert (line["work_records"], line["work_failed"]) == (2, len(answer["batchItemFailures"]))
