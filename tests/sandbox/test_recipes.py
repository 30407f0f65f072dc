"""Every state of every machine is reached in the sandbox, in the way that docs/sandbox.md tells."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

import wallet_api
from dev.client import Api
from dev.cloud.local import LocalCloud
from dev.faults import FAULTS
from dev.sandbox import MAGIC_CARDS
from tests.sandbox.recipes import RECIPES
from wallet_api.gateways import sandbox_acquirer, sandbox_bank, screening

PAGE, CHINESE_PAGE = (
    (Path(__file__).parents[2] / "docs" / name).read_text("utf-8") for name in ("sandbox.md", "zh-sandbox.md")
)
MAGIC = (screening.MAGIC_AMOUNTS, sandbox_acquirer.REFUNDS, sandbox_acquirer.CREDITS, sandbox_bank.MAGIC_AMOUNTS)
NAMES = {
    "applications": "merchant_application", "deliveries": "delivery", "webhooks": "webhook_endpoint",
    "merchant_applications": "merchant_application",
}  # fmt: skip
"""Machines whose name is not their folder's without the last letter."""


def machines() -> dict[str, tuple[str, ...]]:
    """Every list of states that a model names, by introspection."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(Path(wallet_api.__file__).parent.glob("*/model.py")):
        module: Any = import_module(f"wallet_api.{path.parent.name}.model")
        for name, value in vars(module).items():
            own = name == "Status" or name.endswith("Status")
            if own and get_origin(value) is Literal and _defined_in(path, name):
                found[NAMES.get(path.parent.name, path.parent.name.removesuffix("s"))] = get_args(value)
    return found


def _defined_in(path: Path, name: str) -> bool:
    return f"\n{name} = Literal[" in path.read_text("utf-8")


STATES = {(machine, state) for machine, states in machines().items() for state in states}


def test_every_state_has_a_recipe_that_is_written_down() -> None:
    """Whoever adds a state says how a developer sees it."""
    assert STATES - RECIPES.keys() == set()
    assert RECIPES.keys() - STATES == set()
    for page in (PAGE, CHINESE_PAGE):
        assert set(re.findall(r"^\| `(\w+)` \| `(\w+)` \| .+ \|$", page, re.MULTILINE)) == STATES


@pytest.mark.parametrize(("machine", "state"), sorted(RECIPES))
def test_the_recipe_reaches_the_state(api: Api, cloud: LocalCloud, machine: str, state: str) -> None:
    """M11, M12."""
    assert RECIPES[machine, state](api, cloud)["status"] == state


def test_every_magic_number_amount_and_fault_is_on_the_page_and_told_by_the_sandbox(api: Api) -> None:
    for number in MAGIC_CARDS:
        assert f"`{number}`" in PAGE, number
    assert set(sandbox_acquirer.BEHAVIOURS) <= MAGIC_CARDS.keys()
    for amounts in MAGIC:
        for amount, behaviour in amounts.items():
            assert f"| `{amount}` | {behaviour} |" in PAGE, (amount, behaviour)
    for ending, behaviour in sandbox_bank.MAGIC_ENDINGS.items():
        assert f"| `…{ending}` | {behaviour} |" in PAGE, ending
    told = api.get("/sandbox").ok(200)
    assert set(told["cards"]) == MAGIC_CARDS.keys()
    assert [set(map(int, amounts)) for amounts in told["amounts"].values()] == [set(each) for each in MAGIC]
    for name, fault in FAULTS.items():
        assert f"| `{name}` | {fault.en} | {fault.client} |" in PAGE, name
        assert f"| `{name}` | {fault.zh} | " in CHINESE_PAGE, name
