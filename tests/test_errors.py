"""The tree of refusals: stable codes, honest about money, and rebuilt from what the ledger keeps of them."""

import importlib
import pkgutil
from typing import Any

import pytest

import wallet_api
from wallet_api.errors import Conflict, Declined, Invalid, OutcomeUnknown, Unavailable, WalletError
from wallet_api.ledger.operations import refusal_answer
from wallet_api.money import Money
from wallet_api.storage.items import Document


def every_error() -> list[type[WalletError]]:
    """All error classes that importing every module of the wallet brings."""
    for module in pkgutil.walk_packages(wallet_api.__path__, "wallet_api."):
        importlib.import_module(module.name)
    found, waiting = [], [WalletError]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("wallet_api."):
            found.append(kind)
    return sorted(set(found), key=lambda kind: (kind.__module__, kind.__name__))


def decisions() -> list[type[WalletError]]:
    return [kind for kind in every_error() if kind.decides and kind.code]


@pytest.mark.parametrize("kind", decisions(), ids=lambda kind: kind.code)
def test_a_recorded_refusal_is_made_again_from_its_code_and_facts(kind: type[WalletError]) -> None:
    """M38, M42: whatever a refusal says the first time, it can say again."""
    first = kind(limit=Money(500, "CNY"), attempts=3, name="x")
    kept: Any = Document().deserialize(Document().serialize(refusal_answer(first)))
    assert WalletError.by_code[kept["code"]] is kind
    assert kept["facts"]["limit"] == {"amount": 500, "currency": "CNY"}
    assert kind(**first.facts).facts == first.facts


def test_only_facts_about_the_thing_or_the_money_are_decisions() -> None:
    """An outage, a typing error and a missing proof leave the key free."""
    strange = [kind for kind in every_error() if kind.decides and not issubclass(kind, Conflict | Declined)]
    assert strange == []


def test_what_may_have_moved_money_is_no_decision_and_is_asked_again_under_its_key() -> None:
    unknown = [kind for kind in every_error() if kind.money_moved != "no"]
    assert OutcomeUnknown in unknown
    assert all(kind.retry in ("same_key", "after") and not kind.decides for kind in unknown)


def test_an_outage_asks_for_the_same_key_again() -> None:
    wrong = [
        kind for kind in every_error() if issubclass(kind, Unavailable) and kind.retry not in ("same_key", "after")
    ]
    assert wrong == []


def test_codes_are_plain_words() -> None:
    codes = [kind.code for kind in every_error() if kind.code]
    assert all(code.replace("_", "").isascii() and code.replace("_", "").islower() for code in codes)


def test_two_errors_cannot_share_a_code() -> None:
    code = "not_found"
    with pytest.raises(TypeError, match=code):
        type("Impostor", (WalletError,), {"code": code})


def test_facts_and_problems_are_kept() -> None:
    error = Invalid(limit=3)
    assert (error.facts, error.problems, error.recorded) == ({"limit": 3}, (), None)
