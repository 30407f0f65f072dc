"""What `./wallet fuzz` holds the API to beside schemathesis' own checks, and how it names what it knows."""

import argparse
from pathlib import Path
from typing import Any

import pytest

from dev.fuzz import __main__ as fuzz
from dev.fuzz.shape import untold, untold_code
from dev.fuzz.stock import Stock
from dev.fuzz.tally import Tally


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
        (problem("/amount/amount", "wrong_type"), {"amount": {"amount": 12.0}}),
        (problem("/expires_at", "wrong_format"), {"expires_at": "0000-00-00T00:00:00Z"}),
        (problem("/authorization/challenge_id", "wrong_format"), {"authorization": {"challenge_id": ""}}),
        (problem("/name", "wrong_format"), {"name": "tea\u202ehouse"}),
        (problem("/delay", "unknown_value"), {"delay": "1w"}),
        ({"code": "payee_not_found"}, {}),
        (None, {}),
    ],
)
def test_it_may_be_refused_for_what_it_means(refusal: object, sent: object) -> None:
    assert untold(refusal, sent) == []


def test_a_refusal_says_no_code_that_the_document_does_not_name() -> None:
    told: Any = {"content": {"application/problem+json": {"examples": {"card_not_found": {}}}}}
    assert untold_code({"code": "wallet_closed"}, told) == "wallet_closed"
    assert untold_code({"code": "card_not_found"}, told) == ""
    assert untold_code({"code": "wallet_closed"}, None) == ""
    assert untold_code(None, told) == ""


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


def test_what_an_answer_named_is_asked_for_again_by_whom_it_was_answered_to() -> None:
    stock = Stock(1)
    stock.learn("/v1/payments", "sk_1", {"id": "pay_1", "status": "created"})
    stock.learn("/v1/cards", "wat_1", {"object": "list", "data": [{"id": "crd_1"}]})
    stock.learn("/v1/payments/{payment_id}", "wat_2", {"id": "pay_1"})
    assert stock.maker({"payment_id": "pay_1"}) == "sk_1"
    assert stock.maker({"card_id": "crd_1"}) == "wat_1"
    assert stock.maker({"payment_id": "made%20up"}) is None
    assert stock.maker({}) is None


def test_links_are_followed_for_a_time_of_its_own_unless_the_phases_are_chosen() -> None:
    short, long = argparse.Namespace(short=True), argparse.Namespace(short=False)
    phases = "coverage,fuzzing"
    for options, named, seconds in ((short, phases, fuzz.STROLL), (long, f"examples,{phases}", fuzz.WALK)):
        alone, chains = fuzz.passes(options, [])
        assert alone == ["--phases", named]
        assert chains == ["--phases", "stateful", "--max-time", str(seconds)]
    assert fuzz.passes(long, ["--phases", "fuzzing"]) == [["--phases", "fuzzing"]]


def test_a_short_run_tries_fewer_methods_and_keeps_every_check(tmp_path: Path) -> None:
    def settings(*, short: bool) -> str:
        options = argparse.Namespace(short=short, examples=2, seed=1)
        told = fuzz.command("http://localhost:1", options, tmp_path, [])
        return Path(told[told.index("--config-file") + 1]).read_text("utf-8")

    assert settings(short=False) == fuzz.SETTINGS.read_text("utf-8")
    assert settings(short=True).startswith(settings(short=False))
    assert settings(short=True).endswith('[phases.coverage]\nunexpected-methods = ["put", "trace"]\n')


def test_a_failure_of_either_part_is_one_of_the_run() -> None:
    def part(status: int) -> fuzz.Outcome:
        tally = Tally()
        tally.answered("GET /v1/me", True, 200 if status else 401)
        tally.not_done("an errand", "no")
        return fuzz.Outcome(status, 10, tally, 1.0)

    for first, second in ((1, 0), (0, 1)):
        both = part(first).and_then(part(second))
        assert (both.status, both.made, both.tally.yes("GET /v1/me"), both.tally.undone.total()) == (1, 20, 1, 2)
    assert part(0).and_then(part(0)).status == 0
