"""The item that a test is about, and two ways to ask for its change."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

TABLE = "wallet-local-accounts"
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}
HELD = {
    "n": {"N": "10"},
    "s": {"S": "text"},
    "tags": {"SS": ["x", "y"]},
    "m": {"M": {"deep": {"L": [{"N": "1"}, {"S": "z"}]}}},
    "gone": {"NULL": True},
    "flag": {"BOOL": True},
}


def update(dynamodb: Any, expression: str, values: Any = None, **more: Any) -> dict[str, Any]:
    given = {} if values is None else {"ExpressionAttributeValues": values}
    answer = dynamodb.update_item(
        TableName=TABLE, Key=KEY, UpdateExpression=expression, ReturnValues="ALL_NEW", **given, **more
    )
    return {name: value for name, value in answer["Attributes"].items() if name not in KEY}


def message(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert caught.value.response["Error"]["Code"] in ("ValidationException", "SerializationException")
    return str(caught.value.response["Error"]["Message"])
