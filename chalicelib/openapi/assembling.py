"""The whole document."""

from __future__ import annotations

import importlib
import inspect
import re
from collections import defaultdict
from collections.abc import Sequence

from chalicelib.errors import TooManyRequests
from chalicelib.headers import VERSION
from chalicelib.http import Endpoint
from chalicelib.openapi import parts
from chalicelib.openapi.chinese import in_chinese
from chalicelib.openapi.exact import exact
from chalicelib.openapi.links import with_links
from chalicelib.openapi.operations import operation, tag_of
from chalicelib.openapi.parts import Json
from chalicelib.openapi.problems import problems_of
from chalicelib.openapi.schemas import schemas_of
from chalicelib.openapi.webhooks import DATA, EVENT, TAG, webhooks
from wallet_api.errors import WalletError

DESCRIPTION = """
A wallet: people register, bind cards, top up, pay merchants by QR code, send money to each other, are refunded and withdraw to their cards.

**Money** is always `{"amount": 1250, "currency": "CNY"}`: whole minor units (ISO 4217). **Times** are RFC 3339 in UTC.

**Errors** are `application/problem+json` (RFC 9457). Their `code` never changes; `detail` is in the language that
`Accept-Language` asks for (`zh-CN` or `en`); `money_moved` says whether money moved, `retry` what to do next.

**Idempotency-Key**: where it is required, a request with the same key is done at most once and answered the same each
time. Make a fresh random key for each wish, keep it for each retry of it.
""".strip()


def document(endpoints: Sequence[Endpoint], server_url: str) -> Json:
    """The whole document. `server_url` is where the API is reached."""
    schemas, components = schemas_of(endpoints)
    paths: dict[str, Json] = defaultdict(dict)
    for each in endpoints:
        paths[each.path][each.method.lower()] = operation(each, schemas, components)
    said: list[type[WalletError]] = [TooManyRequests, *(error for each in endpoints for error in problems_of(each))]
    used = {error.code: error for error in said}
    examples = {code: parts.problem_example(error, server_url) for code, error in sorted(used.items())}
    told = webhooks() if EVENT in components else {}
    made = {
        "openapi": "3.1.1",
        "info": {
            "title": "Wallet API",
            "version": VERSION,
            "description": DESCRIPTION,
            "contact": {"name": "Guides, errors and changes", "url": f"{server_url}/docs/guides"},
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server_url}],
        "tags": [*_tags(endpoints), *([TAG] if told else [])],
        "paths": dict(sorted(with_links(paths, components).items())),
        **({"webhooks": told} if told else {}),
        "components": {
            "securitySchemes": parts.security_schemes(),
            "parameters": parts.parameters(),
            "headers": parts.headers(),
            "schemas": {**components, **parts.problem_schemas(), **(DATA if told else {})},
            "examples": {**examples, parts.AT_THE_GATEWAY: parts.gateway_example(server_url)},
        },
    }
    return dict(in_chinese(exact(made)))


def _tags(endpoints: Sequence[Endpoint]) -> list[Json]:
    modules = {tag_of(each): importlib.import_module(each.function.__module__) for each in endpoints}
    return [{"name": tag, "description": _told(inspect.getdoc(module) or tag)} for tag, module in modules.items()]


def _told(text: str) -> str:
    """A module's sentence without what goes without saying in the document of an HTTP API."""
    return re.sub(",? over HTTP(?=[.:,])", "", " ".join(text.split()))
