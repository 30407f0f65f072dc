"""A client that holds every answer against the OpenAPI document: whatever a test asks, what comes back was promised."""

import re
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from chalicelib import openapi
from chalicelib.routes import every
from dev.client import Answer, Api
from tests.secrecy import found_in, secrets_in

OF_THE_GATEWAY = {"not_found", "method_not_allowed", "body_too_large", "headers_too_large", "malformed_request"}
"""What the gateway in front says by itself, whatever the path."""


class PromisedApi(Api):
    """Speaks JSON to one server. Raises AssertionError for an answer that the document does not promise."""

    def __init__(self, port: int, timeout: int = 30, secrets: set[str] | None = None) -> None:
        super().__init__(port, timeout)
        self.secrets = set() if secrets is None else secrets
        """What went over the wire and is nobody else's business."""

    def fresh(self) -> "PromisedApi":
        return PromisedApi(self.port, self.timeout, self.secrets)

    def call(self, method: str, path: str, **options: Any) -> Answer:
        sent = {*secrets_in(options.get("json")), *([options["token"]] if options.get("token") else [])}
        self.secrets |= sent
        answer = super().call(method, path, **options)
        require_promised(method, path, answer)
        if answer.status >= 400:
            assert not found_in(answer.text, sent), f"D9: {method} {path} repeats what was sent: {answer.text}"
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        if path.startswith("/v1/") and answer.status < 300 and answer.body and is_json:
            self.secrets.update(secrets_in(answer.json))
        return answer


@cache
def document() -> Any:
    return openapi.document([each for routes in every() for each in routes.endpoints], "http://127.0.0.1")


@cache
def patterns() -> list[tuple[re.Pattern[str], str]]:
    """The paths, those without names first, as a router reads them."""
    paths = sorted(document()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in paths]


def content(method: str, path: str, status: str, media_type: str) -> Any:
    """What the document says of this answer's body, or None when no such answer is promised."""
    responses = document()["paths"][path].get(method.lower(), {}).get("responses", {})
    return responses.get(status, {}).get("content", {}).get(media_type)


@cache
def validator(method: str, path: str, status: str, media_type: str) -> Draft202012Validator | None:
    """What checks a body of this answer, or None when no such answer is promised."""
    said = content(method, path, status, media_type)
    return None if said is None else Draft202012Validator({**said["schema"], "components": document()["components"]})


def require_promised(method: str, path: str, answer: Answer) -> None:
    """Raises AssertionError unless status, code and every field of an answer are as the document says."""
    asked = path.partition("?")[0]
    known = next((told for pattern, told in patterns() if pattern.fullmatch(asked)), None)
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    if known is None or not asked.startswith("/v1/") or not media_type.endswith("json"):
        return
    shown = answer.json
    if answer.status >= 400 and shown["code"] in OF_THE_GATEWAY:
        return
    check = validator(method, known, str(answer.status), media_type)
    where = f"{method} {known} → {answer.status}"
    assert check is not None, f"{where} is not promised: {answer.text}"
    if answer.status >= 400:
        # One schema holds all problems; which of them an answer may be, its examples say by their names.
        codes = content(method, known, str(answer.status), media_type)["examples"]
        assert shown["code"] in codes, f"{where} {shown['code']} is not promised, but {', '.join(codes)}"
    wrong = [f"{error.json_path}: {error.message}" for error in check.iter_errors(shown)]
    assert not wrong, f"{where} is not as promised: {wrong}"
