"""The API as a collection for Bruno (https://www.usebruno.com), to be opened by "Import Collection": first a journey that runs
from top to bottom, then one folder for each tag, one request for each operation, with the example of its body and the token of
who calls it. What an answer names, such as a new payment's id, later requests find in their paths.
"""

from __future__ import annotations

import json
import re

from chalicelib.openapi import journey
from chalicelib.openapi.parts import Json

_NAME = re.compile(r"\{(\w+)\}")
TOKENS = {"customer": "customer_token", "merchant": "merchant_key"}
_OF_NEW = "$response.body#/id"


def collection(document: Json) -> Json:
    """The collection; `baseUrl`, the two tokens and a fresh `key` for each request are the environment's."""
    folders: dict[str, list[Json]] = {
        "journey": [_stepped(place, *step) for place, step in enumerate(journey.STEPS, 1)]
    }
    folders |= {tag["name"]: [] for tag in document["tags"]}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            requests = folders[operation["tags"][0]]
            requests.append(_request(len(requests) + 1, method, path, operation, document))
    items = [
        {"type": "folder", "name": name, "seq": place, "items": requests}
        for place, (name, requests) in enumerate(folders.items(), 1)
        if requests
    ]
    values = {"baseUrl": document["servers"][0]["url"], "customer_token": "", "merchant_key": ""}
    variables = [
        {"name": name, "value": value, "enabled": True, "secret": name in TOKENS.values(), "type": "text"}
        for name, value in values.items()
    ]
    return {
        "version": "1",
        "name": document["info"]["title"],
        "items": items,
        "environments": [{"name": "sandbox", "variables": variables}],
        "activeEnvironmentUid": None,
    }


def _stepped(
    place: int, name: str, method: str, path: str, status: int, body: Json | None, token: str, taken: dict[str, str]
) -> Json:
    """One step of the journey: the first one makes up a phone number, each takes what later ones need."""
    made: Json = {
        "url": "{{baseUrl}}" + path,
        "method": method,
        "headers": [_pair("Idempotency-Key", "{{$guid}}")] if method == "POST" and token else [],
        "params": [],
        "body": _json(body),
        "auth": {"mode": "bearer", "bearer": {"token": "{{" + token + "}}"}} if token else {"mode": "none"},
        "script": {"req": journey.FRESH_PHONE} if place == 1 else {},
        "vars": {"req": [], "res": [_pair(variable, value) for variable, value in taken.items()]},
        "assertions": [_pair("res.status", f"eq {status}")],
    }
    return {"type": "http-request", "name": name, "seq": place, "request": made}


def _request(place: int, method: str, path: str, operation: Json, document: Json) -> Json:
    parameters = [_resolved(each, document) for each in operation["parameters"]]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    headers = [_pair("Idempotency-Key", "{{$guid}}")] if _keyed(parameters) else []
    return {
        "type": "http-request",
        "name": operation["summary"],
        "seq": place,
        "request": {
            "url": "{{baseUrl}}" + _NAME.sub(r":\1", path),
            "method": method.upper(),
            "headers": headers,
            "params": [_parameter(each) for each in parameters if each["in"] in ("path", "query")],
            "body": _json(body["example"] if body else None),
            "auth": _auth(operation["security"]),
            "vars": {"req": [], "res": [_pair(name, "res.body.id") for name in _named_by(operation)]},
            "docs": operation["description"],
        },
    }


def _parameter(each: Json) -> Json:
    """A path's parameter is what an answer before named; a query's is there to be filled in."""
    inside = each["in"] == "path"
    return {**_pair(each["name"], "{{" + each["name"] + "}}" if inside else "", enabled=inside), "type": each["in"]}


def _named_by(operation: Json) -> list[str]:
    """The parameters of other operations for which the answer's id is good."""
    answers = (answer for answer in operation["responses"].values() if "links" in answer)
    links = (link["parameters"] for answer in answers for link in answer["links"].values())
    return sorted({name for values in links for name, value in values.items() if value == _OF_NEW})


def _auth(security: list[Json]) -> Json:
    kinds = [kind for each in security for kind in each]
    return {"mode": "bearer", "bearer": {"token": "{{" + TOKENS[kinds[0]] + "}}"}} if kinds else {"mode": "none"}


def _keyed(parameters: list[Json]) -> bool:
    return any(each["name"] == "Idempotency-Key" and each["required"] for each in parameters)


def _pair(name: str, value: str, *, enabled: bool = True) -> Json:
    return {"name": name, "value": value, "enabled": enabled}


def _json(example: object) -> Json:
    if example is None:
        return {"mode": "none"}
    return {"mode": "json", "json": json.dumps(example, ensure_ascii=False, indent=2)}


def _resolved(parameter: Json, document: Json) -> Json:
    if "$ref" not in parameter:
        return parameter
    found: Json = document["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
    return found
