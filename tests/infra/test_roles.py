"""Each function's role: what infra/functions.yaml gives it, and nothing else that CloudFormation would hand out."""

import json

import pytest

from dev.functions import RIGHTS, logical
from dev.templates import Template
from tests.infra.packaged import actions_on, allowed, functions

WEBHOOK_FUNCTIONS = ("DeliverWebhooks", "SendDueWebhooks")


def test_every_function_has_a_role_of_its_own_with_what_functions_yaml_gives_it(template: Template) -> None:
    assert {logical(name) for name in RIGHTS} == set(functions(template))
    roles = [function["Role"]["Fn::GetAtt"][0] for function in functions(template).values()]
    assert len(set(roles)) == len(roles)
    for name, rights in RIGHTS.items():
        for table in ("LedgerTable", "AccountsTable", "PeopleTable", "RecordsTable", "EphemeralTable"):
            own = table.removesuffix("Table").lower()
            given = {each for key, actions in rights.items() if key.partition("/")[0] == own for each in actions}
            assert actions_on(template, logical(name), table) == {f"dynamodb:{each}" for each in given}, (name, table)


@pytest.mark.parametrize("function", sorted(map(logical, RIGHTS)))
def test_nothing_is_allowed_everywhere_but_what_has_no_place(template: Template, function: str) -> None:
    for statement in allowed(template, function):
        assert not any(action.endswith(":*") for action in statement["Action"]), statement
        if statement.get("Resource") == "*":
            assert statement["Sid"] in ("FindStreams", "Mail"), statement
        if "NotResource" in statement:
            assert statement["Action"] == ["sns:Publish"]


def test_only_the_daily_check_may_scan(template: Template) -> None:
    """A request that reads a whole table would be a defect, and cannot."""
    scanning = [
        name
        for name in functions(template)
        if any("dynamodb:Scan" in statement["Action"] for statement in allowed(template, name))
    ]
    assert scanning == ["VerifyLedger"]


def test_who_speaks_with_servers_of_others_reaches_neither_ledger_nor_balances_nor_people(template: Template) -> None:
    for name in WEBHOOK_FUNCTIONS:
        text = json.dumps(allowed(template, name))
        for table in ("LedgerTable", "AccountsTable", "PeopleTable", "EphemeralTable"):
            assert table not in text
        assert "RecordsTable" in text
        assert '"*"' not in text


def test_what_runs_may_add_to_the_ledger_and_never_change_or_remove_from_it(template: Template) -> None:
    may = {name: actions_on(template, name, "LedgerTable") for name in functions(template)}
    assert "dynamodb:PutItem" in may["APIHandler"]
    for name, actions in may.items():
        changing = {"dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:*"}
        assert not changing & actions, name
    assert not may["FoldLedger"], "the folding knows the journal from its stream alone"
