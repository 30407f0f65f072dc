"""Metrics: numbers that an alarm watches, one line of CloudWatch's embedded metric format each time something was measured.

Lambda's log group turns such a line into metrics by itself, so measuring costs no call. The line has to stand alone on standard
output: a logger would wrap it.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Literal, Protocol

from msgspec import Struct

from wallet_api.clock import Clock, epoch_milliseconds

NAMESPACE = "Wallet"

Unit = Literal["Count", "Milliseconds"]


class Measure(Struct, frozen=True):
    """One number. The name is an alarm's, so infra/overrides.yaml changes with it."""

    name: str
    value: int
    unit: Unit = "Count"


class Metrics(Protocol):
    """Whoever takes numbers."""

    def tell(self, *measures: Measure, about: Mapping[str, str | int] | None = None) -> None:
        """Takes what was measured at one moment; `about` stands beside it in the log."""


class EmbeddedMetrics(Struct, frozen=True):
    """Writes them to standard output; the stage is their dimension, so that a trial's numbers wake nobody at night."""

    stage: str
    clock: Clock

    def tell(self, *measures: Measure, about: Mapping[str, str | int] | None = None) -> None:
        """One line for all of them."""
        described = {
            "Namespace": NAMESPACE,
            "Dimensions": [["stage"]],
            "Metrics": [{"Name": each.name, "Unit": each.unit} for each in measures],
        }
        line = {
            "_aws": {"Timestamp": epoch_milliseconds(self.clock.now()), "CloudWatchMetrics": [described]},
            **(about or {}),
            "stage": self.stage,
            **{each.name: each.value for each in measures},
        }
        # Asked for at each call: whoever replaced the stream since then is meant.
        sys.stdout.write(json.dumps(line, separators=(",", ":")) + "\n")
        sys.stdout.flush()


class NoMetrics:
    """Takes nothing: an operator's terminal is no log group."""

    def tell(self, *measures: Measure, about: Mapping[str, str | int] | None = None) -> None:
        """Forgets them."""
