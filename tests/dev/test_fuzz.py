"""What `./wallet fuzz` holds the API to beside schemathesis' own checks, and how it names what it knows."""

import argparse
from pathlib import Path

import pytest

from dev.fuzz import __main__ as fuzz
from dev.fuzz.shape import untold
from dev.fuzz.stock import Stock


def problem(place: str, code: str) -> dict[str, object]:
    return {"code": "invalid_request", "errors": [{"pointer": place, "code": code}]}


@pytest.mark.parametrize("code", ["wrong_type", "wrong_format", "too_long", "too_short"])
def test_what_the_document_allows_is_not_refused_for_its_shape(code: str) -> None:
    assert untold(problem("/city", code), {"city": "昆明"}) == [f"/city {code}"]
    assert untold(problem("/contact/name", code), {"contact": {"name": "李梅"}}) == [f"/contact/name {code}"]
    assert untold({"errors": [{"parameter": "limit", "code": code}]}, None) == [f"limit {code}"]


@pytest.mark.parametrize(
    ("refusal", "sent"),
    [
        (problem("/max_per_month/amount", "too_small"), {"max_per_month": {"amount": 1}}),
        (problem("/expires_at", "wrong_format"), {"expires_at": "0000-00-00T00:00:00Z"}),
        (problem("/authorization/challenge_id", "wrong_format"), {"authorization": {"challenge_id": ""}}),
        (problem("/name", "wrong_format"), {"name": "tea\u202ehouse"}),
        ({"code": "delay_unavailable"}, {}),
        (None, {}),
    ],
)
def test_it_may_be_refused_for_what_it_means(refusal: object, sent: object) -> None:
    assert untold(refusal, sent) == []


@pytest.mark.parametrize(
    ("key", "sent"),
    [("order-1", "order-1"), ("(b{[#f.>", "%28b%7B%5B%23f.%3E"), ("a/b?c", "a%2Fb%3Fc"), ("100%41", "100%2541")],
)
def test_a_key_is_sent_as_one_segment_of_a_path(key: str, sent: str) -> None:
    stock = Stock(1)
    stock.put("/v1/operations", "wat_1", key)
    assert stock.path("/v1/operations/{key}/abandon", "wat_1", {"key": "made%20up"}) == {"key": sent}


def test_where_nothing_is_known_the_path_stays_as_it_was_made_up() -> None:
    stock = Stock(1)
    for folder in (".", ".."):
        stock.put("/v1/operations", "wat_1", folder)
    assert stock.path("/v1/operations/{key}", "wat_1", {"key": "made%20up"}) == {"key": "made%20up"}


def test_a_short_run_follows_links_as_well(tmp_path: Path) -> None:
    told = fuzz.command("http://localhost:1", argparse.Namespace(short=True, examples=2, seed=1), tmp_path, [])
    settings = Path(told[told.index("--config-file") + 1]).read_text("utf-8")
    assert settings.startswith(fuzz.SETTINGS.read_text("utf-8"))
    assert settings.endswith(f"[phases.stateful]\ngeneration.max-examples = {fuzz.SCENARIOS}\n")
    long = fuzz.command("http://localhost:1", argparse.Namespace(short=False, examples=2, seed=1), tmp_path, [])
    assert str(fuzz.SETTINGS) in long
