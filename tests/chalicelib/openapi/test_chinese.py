"""Everything that the reference says in English it says in Chinese as well."""

import re
from typing import Any

from chalicelib.openapi.chinese import texts


def test_every_call_and_every_webhook_has_a_chinese_summary(document: Any) -> None:
    told = [each for item in (*document["paths"].values(), *document["webhooks"].values()) for each in item.values()]
    silent = [each["operationId"] for each in told if not re.search("[\u4e00-\u9fff]", each.get("x-summary-zh", ""))]
    assert silent == []


def test_so_has_every_group_and_the_whole(document: Any) -> None:
    assert [tag["name"] for tag in document["tags"] if "x-description-zh" not in tag] == []
    assert "Idempotency-Key" in document["info"]["x-description-zh"]


def test_nothing_is_said_of_what_there_is_not(document: Any) -> None:
    known = {each["operationId"] for item in document["paths"].values() for each in item.values()}
    assert set(texts()["operations"]) <= known
    assert set(texts()["tags"]) <= {tag["name"] for tag in document["tags"]}
    assert set(texts()["webhooks"]) <= set(document["webhooks"])
