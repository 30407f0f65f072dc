"""The collection's first folder can be run from top to bottom by whoever opens it."""

import json
import re
from typing import Any

from chalicelib.openapi.bruno import collection


def test_the_journey_calls_what_there_is_and_nothing_before_it_is_known(document: Any) -> None:
    """Each variable that a step uses is the environment's, or was taken from an answer before it."""
    known = {"baseUrl", "phone", "phone_in_query", "$guid"}
    paths = {(method.upper(), _plain(path)) for path, item in document["paths"].items() for method in item}
    for step in collection(document)["items"][0]["items"]:
        request = step["request"]
        used = set(re.findall(r"\{\{(.+?)\}\}", json.dumps([request["url"], request["body"], request["auth"]])))
        assert used <= known, step["name"]
        known |= {each["name"] for each in request["vars"]["res"]}
        path = request["url"].removeprefix("{{baseUrl}}").partition("?")[0]
        assert path.startswith("/sandbox") or (request["method"], _plain(path)) in paths, step["name"]
        assert request["assertions"][0]["name"] == "res.status"


def _plain(path: str) -> str:
    return re.sub(r"\{+\w+\}+", "{}", path)
