"""A timeline as somebody reads it: each step with its time, who took it, and what it says in zh-CN or en."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from chalicelib.messages import Locale
from chalicelib.views import MoneyView, View
from wallet_api.clock import rfc3339
from wallet_api.timeline import Step

Who = Literal["customer", "merchant", "wallet", "bank"]


class StepView(View):
    """One step; `what` is named as its event is where it has one, `id` is the object it happened to.

    `at` is null for what has not happened yet: it is expected by `expected_at`, which is null where nobody can tell. A step that was
    taken may have one as well, by when its money is seen.
    """

    at: str | None
    what: str
    who: Who
    text: str
    id: str
    amount: MoneyView | None
    expected_at: str | None


@cache
def step_texts() -> Mapping[str, Mapping[str, str]]:
    """Every step's `who` and its text by language."""
    import tomllib

    return tomllib.loads(Path(__file__).with_name("timelines.toml").read_text(encoding="utf-8"))


def timeline_view(steps: Iterable[Step], locale: Locale) -> list[StepView]:
    """The steps in this language. Raises KeyError for one that has no text."""
    return [_step(step, locale) for step in steps]


def _step(step: Step, locale: Locale) -> StepView:
    told = step_texts()[step.what]
    who: Who = told["who"]  # type: ignore[assignment]
    return StepView(
        at=None if step.at is None else rfc3339(step.at),
        what=step.what,
        who=who,
        text=told[locale],
        id=step.id,
        amount=None if step.amount is None else MoneyView.of(step.amount),
        expected_at=None if step.expected_at is None else rfc3339(step.expected_at),
    )
