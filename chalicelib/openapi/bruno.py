"""The API as a collection for Bruno (https://www.usebruno.com), to be opened by "Import Collection": one folder for each
tag, one request for each operation, with the example of its body and the token of who calls it.
"""

from __future__ import annotations

import json
import re

from chalicelib.openapi.parts import Json

_NAME = re.compile(r"\{(\w+)\}")
TOKENS = {"customer": "customer_token", "merchant": "merchant_key"}


def collection(document: Json) -> Json:
    """The collection; `baseUrl`, the two tokens and a fresh `key` for each request are the environment's."""
    folders: dict[str, list[Json]] = {tag["name"]: [] for tag in document["tags"]}
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
            "params": [
                {**_pair(each["name"], "", enabled=each["in"] == "path"), "type": each["in"]}
                for each in parameters
                if each["in"] in ("path", "query")
            ],
            "body": {"mode": "json" if body else "none", **({"json": _written(body["example"])} if body else {})},
            "auth": _auth(operation["security"]),
            "docs": operation["description"],
        },
    }


def _auth(security: list[Json]) -> Json:
    kinds = [kind for each in security for kind in each]
    return {"mode": "bearer", "bearer": {"token": "{{" + TOKENS[kinds[0]] + "}}"}} if kinds else {"mode": "none"}


def _keyed(parameters: list[Json]) -> bool:
    return any(each["name"] == "Idempotency-Key" and each["required"] for each in parameters)


def _pair(name: str, value: str, *, enabled: bool = True) -> Json:
    return {"name": name, "value": value, "enabled": enabled}


def _written(example: object) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2)


def _resolved(parameter: Json, document: Json) -> Json:
    if "$ref" not in parameter:
        return parameter
    found: Json = document["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
    return found
