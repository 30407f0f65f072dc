"""infra/functions.yaml spelled out: rights become statements, and the keys' rotation keeps both keys open."""

from typing import Any

from dev.functions import RESTORED, RIGHTS, log_of, logical, resources
from dev.templates import own_of


def statements(function: str) -> dict[str, dict[str, Any]]:
    name = "".join(word.capitalize() for word in function.split("_"))
    (policy,) = resources()[f"{name}Role"]["Properties"]["Policies"]
    return {each["Sid"]: each for each in policy["PolicyDocument"]["Statement"]}


def test_names_are_chalices() -> None:
    assert (logical("api_handler"), logical("fold_ledger")) == ("APIHandler", "FoldLedger")
    assert (log_of("api_handler"), log_of("fold_ledger")) == ("ApiLogs", "FoldLedgerLogs")


def test_a_table_an_index_and_a_stream_are_three_places() -> None:
    found = statements("send_due_webhooks")
    assert own_of(found["RecordsByDueItems"]["Resource"]) == {"Fn::Sub": "${RecordsTable.Arn}/index/by_due"}
    assert "ReadItsStream" not in found
    stream = statements("fold_ledger")["ReadItsStream"]["Resource"]
    assert own_of(stream) == {"Fn::GetAtt": ["LedgerTable", "StreamArn"]}
    assert statements("fold_ledger")["GiveUp"]["Resource"] == {"Fn::GetAtt": ["FoldLedgerDeadLetters", "Arn"]}


def test_what_was_restored_is_reached_by_its_name_and_no_function_reaches_further() -> None:
    """While restored tables stand in, the stack's own are out of reach: what is wrong in them stays as it is."""
    for function in RIGHTS:
        for sid, statement in statements(function).items():
            text = str(statement.get("Resource"))
            for table in RESTORED:
                if f"{table.capitalize()}Table" in text:
                    condition, restored, own = statement["Resource"]["Fn::If"]
                    assert condition == "TablesRestored", sid
                    assert f":table/wallet-${{Stage}}-{table}-${{RestoredTables}}" in restored["Fn::Sub"]
                    assert ("/index/" in str(own)) == ("/index/" in restored["Fn::Sub"])


def test_d6_while_a_key_is_rotated_the_old_one_opens_and_wraps_nothing() -> None:
    """D6."""
    found = statements("api_handler")
    assert found["WrapPersonalData"]["Action"] == ["kms:GenerateDataKey"]
    assert found["OpenPersonalData"]["Action"] == ["kms:Decrypt"]
    assert "WrapPersonalData" not in statements("deliver_webhooks")


def test_who_pushes_reaches_phones_and_no_topic_and_sends_to_one_queue() -> None:
    """A topic is where alarms go: nobody who writes to people may write there."""
    found = statements("send_confirmations")
    assert found["PushToPhones"]["Action"] == ["sns:DeleteEndpoint", "sns:Publish"]
    assert all(":app/*" in str(each) or ":endpoint/*" in str(each) for each in found["PushToPhones"]["Resource"])
    assert found["TextMessages"]["NotResource"] == "arn:*:sns:*:*:*"
    assert statements("dispatch_events")["SendConfirmations"]["Resource"] == {
        "Fn::GetAtt": ["ConfirmationsQueue", "Arn"]
    }
    assert "SendMessages" not in statements("send_notices")


def test_each_function_writes_into_its_own_log_alone() -> None:
    for function in RIGHTS:
        assert statements(function)["Log"]["Resource"] == {"Fn::GetAtt": [log_of(function), "Arn"]}
