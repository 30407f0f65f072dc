"""infra/functions.yaml spelled out: rights become statements, and the keys' rotation keeps both keys open."""

from dev.functions import RIGHTS, log_of, logical, resources


def statements(function: str) -> dict[str, dict[str, object]]:
    name = "".join(word.capitalize() for word in function.split("_"))
    (policy,) = resources()[f"{name}Role"]["Properties"]["Policies"]
    return {each["Sid"]: each for each in policy["PolicyDocument"]["Statement"]}


def test_names_are_chalices() -> None:
    assert (logical("api_handler"), logical("fold_ledger")) == ("APIHandler", "FoldLedger")
    assert (log_of("api_handler"), log_of("fold_ledger")) == ("ApiLogs", "FoldLedgerLogs")


def test_a_table_an_index_and_a_stream_are_three_places() -> None:
    found = statements("send_due_webhooks")
    assert found["RecordsByDueItems"]["Resource"] == {"Fn::Sub": "${RecordsTable.Arn}/index/by_due"}
    assert "ReadItsStream" not in found
    assert statements("fold_ledger")["ReadItsStream"]["Resource"] == {"Fn::GetAtt": ["LedgerTable", "StreamArn"]}
    assert statements("fold_ledger")["GiveUp"]["Resource"] == {"Fn::GetAtt": ["FoldLedgerDeadLetters", "Arn"]}


def test_d6_while_a_key_is_rotated_the_old_one_opens_and_wraps_nothing() -> None:
    """D6."""
    found = statements("api_handler")
    assert found["WrapPersonalData"]["Action"] == ["kms:GenerateDataKey"]
    assert found["OpenPersonalData"]["Action"] == ["kms:Decrypt"]
    assert "WrapPersonalData" not in statements("deliver_webhooks")


def test_each_function_writes_into_its_own_log_alone() -> None:
    for function in RIGHTS:
        assert statements(function)["Log"]["Resource"] == {"Fn::GetAtt": [log_of(function), "Arn"]}
