"""Metrics: what CloudWatch reads out of a function's log."""

import json
from datetime import UTC, datetime

import pytest

from dev.cloud.clock import MovableClock
from wallet_api.metrics import EmbeddedMetrics, Measure, NoMetrics

CLOCK = MovableClock(datetime(2026, 11, 22, 4, 0, 0, 250_000, tzinfo=UTC))


def test_a_line_is_what_cloudwatch_turns_into_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    """The embedded metric format: every metric that is announced has a whole number, and the dimension a text."""
    EmbeddedMetrics("prod", CLOCK).tell(Measure("fold_lag_ms", 120, "Milliseconds"), Measure("fold_failures", 0))
    (text,) = capsys.readouterr().out.splitlines()
    line = json.loads(text)
    (described,) = line["_aws"]["CloudWatchMetrics"]
    assert line["_aws"]["Timestamp"] == 1795320000250
    assert described["Namespace"] == "Wallet"
    assert described["Dimensions"] == [["stage"]]
    assert described["Metrics"] == [
        {"Name": "fold_lag_ms", "Unit": "Milliseconds"},
        {"Name": "fold_failures", "Unit": "Count"},
    ]
    assert (line["stage"], line["fold_lag_ms"], line["fold_failures"]) == ("prod", 120, 0)


def test_an_operators_terminal_shows_none(capsys: pytest.CaptureFixture[str]) -> None:
    NoMetrics().tell(Measure("fold_lag_ms", 1))
    assert capsys.readouterr().out == ""
