"""The table of statuses, and the promise that every refusal can be told in both languages."""

import ast
import importlib
import pkgutil
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import chalicelib
import wallet_api
from chalicelib import messages
from chalicelib.bodies import BodyTooLarge
from chalicelib.errors import STATUSES, Defect, headers_of, problem, status_of
from wallet_api.errors import (
    FieldProblem,
    Invalid,
    Malformed,
    NotFound,
    Recorded,
    TooMany,
    Unauthenticated,
    Unavailable,
    WalletError,
)
from wallet_api.ledger.errors import InsufficientFunds
from wallet_api.money import Money

ROOT = Path(__file__).resolve().parents[2]

for package in (wallet_api, chalicelib):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)


def every_error(root: type[WalletError] = WalletError) -> Iterator[type[WalletError]]:
    for kind in root.__subclasses__():
        if kind.__module__.startswith(("wallet_api.", "chalicelib.")):
            yield kind
            yield from every_error(kind)


ERRORS = sorted(set(every_error()), key=lambda kind: kind.__qualname__)
WITH_CODE = [kind for kind in ERRORS if kind.code]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def sources() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted([*ROOT.glob("wallet_api/**/*.py"), *ROOT.glob("chalicelib/**/*.py")]):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for place, module in sources():
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
                if name in names:
                    yield f"{place}:{node.lineno}", node


def test_every_error_has_a_status() -> None:
    assert {kind.__name__: status_of(kind) for kind in ERRORS if kind.code}
    assert all(400 <= status_of(kind) < 600 for kind in WITH_CODE)
    assert all(any(kind in error.__mro__ for error in ERRORS) for kind in STATUSES)


def test_every_concrete_error_has_a_code_and_no_two_share_one() -> None:
    nameless = [kind.__qualname__ for kind in ERRORS if not kind.code and not kind.__subclasses__()]
    assert nameless == []
    own = [kind.__dict__["code"] for kind in ERRORS if kind.__dict__.get("code")]
    assert len(own) == len(set(own))


@pytest.mark.parametrize("kind", WITH_CODE, ids=lambda kind: kind.code)
def test_every_code_is_told_in_both_languages_with_the_same_facts(kind: type[WalletError]) -> None:
    texts = messages.catalog()[kind.code]
    for part in ("title", "detail"):
        assert set(texts[part]) == set(messages.LOCALES)
        assert all(text.strip() for text in texts[part].values())
        assert placeholders(texts[part]["en"]) == placeholders(texts[part]["zh-CN"])
    assert not placeholders(texts["title"]["en"]), "a title is the same each time (RFC 9457 section 3.1.3)"


def test_the_catalog_holds_no_text_that_nobody_says() -> None:
    assert set(messages.catalog()) - {"fields"} == {kind.code for kind in WITH_CODE}


def test_fields_are_told_in_both_languages_with_the_same_facts() -> None:
    for code, whole in messages.catalog()["fields"].items():
        plain = {name: text for name, text in whole.items() if name != "with_facts"}
        for texts in (plain, whole.get("with_facts", plain)):
            assert set(texts) == set(messages.LOCALES), code
            assert placeholders(texts["en"]) == placeholders(texts["zh-CN"]), code
        assert "with_facts" not in whole or not placeholders(plain["en"]), code


def test_every_field_code_that_the_code_uses_has_its_texts() -> None:
    used: dict[str, str] = {}
    for place, call in calls("FieldProblem"):
        named = [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "code")]
        codes = [leaf.value for node in named for leaf in ast.walk(node) if isinstance(leaf, ast.Constant)]
        used |= {code: place for code in codes if isinstance(code, str) and code.isidentifier()}
    assert used
    assert {code: place for code, place in used.items() if code not in messages.catalog()["fields"]} == {}


def test_every_fact_that_a_text_shows_is_given_where_the_error_is_raised() -> None:
    needed = {
        kind.__name__: placeholders(messages.catalog()[kind.code]["detail"]["en"])
        for kind in WITH_CODE
        if kind.__dict__.get("code")
    }
    gaps = [
        f"{place}: {name} lacks {sorted(needed[name] - given)}"
        for place, call in calls(*needed)
        if (name := getattr(call.func, "id", None) or getattr(call.func, "attr", ""))
        and None not in (given := {word.arg for word in call.keywords})
        and not needed[name] <= given
    ] + [
        f"{place}:{node.lineno}: {node.exc.id} is raised without its facts"
        for place, module in sources()
        for node in ast.walk(module)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and needed.get(node.exc.id)
    ]
    assert gaps == []


def asked(error: WalletError, locale: messages.Locale = "en") -> dict[str, Any]:
    return problem(error, locale, "req-1", "https://wallet.example")


def test_a_problem_says_what_happened_and_what_became_of_the_money() -> None:
    """P9."""
    shown = asked(InsufficientFunds(needed=Money(1250, "CNY")))
    assert shown["type"] == "https://wallet.example/docs/errors/insufficient_funds"
    assert (shown["status"], shown["code"]) == (402, "insufficient_funds")
    assert (shown["money_moved"], shown["retry"], shown["request_id"]) == ("no", "new_key", "req-1")
    assert "12.50 CNY" in shown["detail"]
    assert shown["needed"] == {"amount": 1250, "currency": "CNY"}
    assert "余额" in asked(InsufficientFunds(needed=Money(1250, "CNY")), "zh-CN")["title"]


def test_a_fact_cannot_take_the_place_of_a_member() -> None:
    assert asked(BodyTooLarge(limit_bytes=1, status=200, code="fine"))["status"] == 413


def test_a_missing_fact_is_a_gap_in_the_sentence_and_not_a_failure() -> None:
    assert "…" in asked(InsufficientFunds())["detail"]


def test_a_recorded_refusal_is_told_as_it_was_the_first_time() -> None:
    error = InsufficientFunds(needed=Money(1, "CNY"))
    error.recorded = Recorded("req-0", "zh-CN")
    assert asked(error)["request_id"] == "req-0"
    assert asked(error)["title"] == messages.title("insufficient_funds", "zh-CN")
    assert headers_of(error)["Content-Language"] == "zh-CN"
    assert headers_of(error)["Idempotent-Replayed"] == "true"


def test_field_problems_are_listed_with_their_facts() -> None:
    shown = asked(Invalid(FieldProblem("/note", "too_long", (("limit", 140),))))
    assert shown["errors"] == [{"pointer": "/note", "code": "too_long", "detail": "At most 140 characters."}]


def test_headers_say_when_to_come_again_and_how_to_sign_in() -> None:
    class Slower(TooMany):
        """Only here."""

    assert headers_of(Slower(retry_after_seconds=7))["Retry-After"] == "7"
    assert "Retry-After" in headers_of(Unavailable())
    assert headers_of(Unauthenticated())["WWW-Authenticate"] == "Bearer"
    assert headers_of(NotFound()) == {"Content-Type": "application/problem+json"}


def test_a_defect_does_not_claim_to_know_what_became_of_the_money() -> None:
    assert (Defect.money_moved, Defect.retry) == ("unknown", "same_key")
    assert Malformed.money_moved == "no"
