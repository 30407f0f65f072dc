"""Bad input, sent to every endpoint that there is: always a 4xx problem, never a movement, never a 500.

The cases are made from what the endpoints promise, so a new endpoint is in the matrix by being registered.
"""

import re
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from chalicelib.http import Endpoint
from chalicelib.openapi.problems import problems_of
from chalicelib.samples import sample
from tests.contract.bodies import PHONES, Wrong, changed, encoded, fields, schema_of, wrong_bodies
from tests.contract.place import (
    AN_ID,
    ENDPOINTS,
    LANGUAGES,
    WITH_BODY,
    WITH_KEY,
    WRITING,
    Place,
    every,
    name_of,
    problem_of,
    takes,
)
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer


@pytest.fixture(autouse=True)
def _nothing_is_written(place: Place) -> Iterator[None]:
    """No item of any table is another one after a test of this file, so no balance is."""
    before = place.tables()
    yield
    assert place.tables() == before


@every(WITH_BODY)
def test_a_body_with_anything_wrong_is_named_and_does_nothing(place: Place, each: Endpoint) -> None:
    """M25, P2, P9, P10, P11, P13, D15: every field, every way, in both languages by turns."""
    assert each.body is not None
    for number, wrong in enumerate(wrong_bodies(each.body)):
        for locale in LANGUAGES if wrong.field_code else (LANGUAGES[number % 2],):
            what = f"{name_of(each)} {wrong.what}"
            answer = place.send(each, wrong.raw, locale)
            shown = problem_of(answer, locale, what, wrong.codes)
            assert len(answer.body) < 16_000, what
            if wrong.pointer is not None:
                require_named(shown["errors"], wrong, locale, what)


def require_named(errors: list[dict[str, str]], wrong: Wrong, locale: str, what: str) -> None:
    """The field, or one within it, is named, in the caller's language, and by the right reason where there is only one."""
    named = [error for error in errors if error["pointer"].startswith(wrong.pointer or "")]
    assert named, (what, errors)
    for error in named:
        assert any("\u4e00" <= sign <= "\u9fff" for sign in error["detail"]) == (locale == "zh-CN"), (what, error)
    if wrong.field_code is not None:
        assert [(error["pointer"], error["code"]) for error in errors] == [(wrong.pointer, wrong.field_code)], what


@every(WRITING)
def test_a_body_of_another_kind_is_not_read(place: Place, each: Endpoint) -> None:
    """P12."""
    raw = encoded(sample(*schema_of(each.body))) if each.body else b'{"amount": 1}'
    for media_type in (
        "",
        "Application/JSON",
        "*/*",
        "text/plain, application/json",
        "application/x-www-form-urlencoded",
    ):
        answer = place.send(each, raw, "en", ("Content-Type", media_type), without=("Content-Type",))
        problem_of(answer, "en", media_type, ("unsupported_media_type",))


@every(ENDPOINTS)
def test_a_header_that_decides_is_not_given_twice(place: Place, each: Endpoint) -> None:
    """P23."""
    for header in ("Idempotency-Key", "Authorization", "Signature", "Content-Type", "Wallet-Version"):
        answer = place.send(each, None, "en", (header, "a"), (header.lower(), "b"), without=(header,))
        assert problem_of(answer, "en", header, ("duplicate_header",))["header"] == header.lower()


@every(ENDPOINTS)
def test_a_proof_that_is_no_text_is_no_proof(place: Place, each: Endpoint) -> None:
    """P22."""
    for header, value in (("Authorization", "Bearer wat_é"), ("Signature", "sig1=:é:"), ("Signature-Input", "钱")):
        answer = place.send(each, None, "zh-CN", (header, value), without=(header,))
        assert answer.status == 401
        problem_of(answer, "zh-CN", header, ("not_authenticated",))


@every([each for each in ENDPOINTS if each.callers])
def test_nobody_gets_in_with_made_up_credentials(place: Place, each: Endpoint) -> None:
    """P4, A45: missing, of another scheme, made up, changed by one letter, and of another kind of caller."""
    token = place.proof(each)[0][1].removeprefix("Bearer ")
    turned = token[:-1] + ("A" if token[-1] != "A" else "B")
    for value in (None, "", "Bearer", f"Basic {token}", f"Bearer {turned}", "Bearer wat_x", "Bearer sk_test_x",
                  f"Bearer {token} {token}"):  # fmt: skip
        more = [] if value is None else [("Authorization", value)]
        answer = place.send(each, None, "en", *more, without=("Authorization",))
        assert answer.status == 401, (value, answer.text)
        assert answer.headers["www-authenticate"] == "Bearer"
        problem_of(answer, "en", str(value), ("not_authenticated",))
    others = {Customer: place.person.token, MerchantCaller: place.shop.key}
    for kind, other in others.items():
        if kind not in each.callers:
            answer = place.send(each, None, "en", ("Authorization", f"Bearer {other}"), without=("Authorization",))
            assert answer.status == 403
            problem_of(answer, "en", "another kind of caller", ("wrong_caller",))


@every(WITH_KEY)
def test_what_has_value_needs_a_key(place: Place, each: Endpoint) -> None:
    """M38: asked for before the body is looked at."""
    for raw in (None, b"{}", b"["):
        answer = place.send(each, raw, "en", without=("Idempotency-Key",))
        assert answer.status == 400
        problem_of(answer, "en", "no key", ("idempotency_key_required",))


@every(WRITING)
def test_a_key_has_one_way_to_be_written(place: Place, each: Endpoint) -> None:
    """M40: the quoted form of a Structured Field is refused, so `"abc"` and `abc` cannot be two wishes."""
    for key in ('"abc"', '"abc', "", "x" * 65, "é", "１２３"):
        answer = place.send(each, None, "en", ("Idempotency-Key", key), without=("Idempotency-Key",))
        assert answer.status == 400
        problem_of(answer, "en", repr(key), ("idempotency_key_malformed",))


@every([each for each in ENDPOINTS if each.path.startswith("/v1/")])
def test_a_parameter_that_nobody_reads_is_refused(place: Place, each: Endpoint) -> None:
    """P2: and so is one that is given twice."""
    path = re.sub(r"\{\w+\}", AN_ID, each.path)
    headers = [*place.proof(each), ("Idempotency-Key", "k"), ("Accept-Language", "en")]
    for query, code in (
        ("no_such=1", "unknown_field"),
        ("limit=1&limit=2", "given_twice"),
        ("%00=1", "forbidden_characters"),
    ):
        answer = place.api.call(each.method, f"{path}?{query}", headers=headers)
        shown = problem_of(answer, "en", query, ("invalid_request",))
        assert code in [error["code"] for error in shown["errors"]] or code == "forbidden_characters"


@every([each for each in ENDPOINTS if each.query is not None])
def test_a_parameter_is_read_as_strictly_as_a_field(place: Place, each: Endpoint) -> None:
    """P3: a page has its limits, a cursor is one of ours."""
    assert each.query is not None
    known = {name: schema for (name,), schema in fields(*schema_of(each.query))}
    path = re.sub(r"\{\w+\}", AN_ID, each.path)
    too_many = str(known.get("limit", {}).get("maximum", 100) + 1)
    bad = {
        "limit": ("0", "-1", too_many, "1.5", "ten", "１０", "1e1", ""),
        "cursor": ("", "x" * 500, "../..", "\0", "a b"),
    }
    for name, values in bad.items():
        for value in values if name in known else ():
            answer = place.api.get(f"{path}?{name}={quote(value)}", headers=place.proof(each))
            problem_of(answer, "zh-CN", f"{name}={value}", ("invalid_request",))


@every([each for each in ENDPOINTS if each.query is not None and takes(each.query, "cursor")])
def test_a_cursor_of_another_list_is_refused(place: Place, each: Endpoint) -> None:
    """P3: DynamoDB refuses to begin a query at a place that lies beyond its bounds, and the wrong rows would be no answer."""
    path = re.sub(r"\{\w+\}", AN_ID, each.path)
    for other in ("abc_01KAMS3Q0V5T1C9D9SZ3GZ2WQY", "session/", "line/ent_", "~"):
        cursor = urlsafe_b64encode(other.encode()).decode().rstrip("=")
        answer = place.api.get(f"{path}?cursor={cursor}", headers=place.proof(each))
        if AN_ID in path and answer.status == 404:
            continue
        problem_of(answer, "zh-CN", other, ("invalid_request",))


@every([each for each in WITH_BODY if takes(each.body, "phone")])
def test_a_phone_number_has_one_spelling_or_is_refused(place: Place, each: Endpoint) -> None:
    """P14: full-width digits, extensions, letters and invisible signs are not a phone number."""
    assert each.body is not None
    root, components = schema_of(each.body)
    right = sample(root, components)
    for path in [path for path, _ in fields(root, components) if path[-1] == "phone"]:
        # What may be left away is given whole, so that nothing but the number is wrong in it.
        whole = {path[0]: sample(root["properties"][path[0]], components, path[0])} if len(path) > 1 else {}
        for phone in PHONES:
            answer = place.send(each, encoded(changed({**whole, **right}, path, phone)), "en")
            shown = problem_of(answer, "en", phone, ("invalid_request",))
            assert "/" + "/".join(path) in [error["pointer"] for error in shown["errors"]], (phone, answer.text)


def test_an_unknown_path_is_a_problem_as_well(place: Place) -> None:
    """P9."""
    for path in (
        "/",
        "/v1",
        "/v1/no_such",
        "/v1/payments/x/y/z",
        "/v2/payments",
        "/.env",
        "/v1/%00",
        "/v1/payments%2fx",
    ):
        for method in ("GET", "POST", "DELETE"):
            answer = place.api.call(method, path)
            assert answer.status == 404, path
            shown = answer.json
            assert (shown["status"], shown["code"], shown["money_moved"]) == (404, "not_found", "no")
            assert answer.headers["content-type"] == "application/problem+json"


def test_a_method_that_a_path_does_not_take_is_a_problem_that_names_those_it_does(place: Place) -> None:
    """P4, P9."""
    by_path: dict[str, set[str]] = {}
    for each in ENDPOINTS:
        by_path.setdefault(each.path, set()).add(each.method)
    for path, methods in by_path.items():
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - methods:
            answer = place.api.call(method, re.sub(r"\{\w+\}", AN_ID, path))
            assert answer.status == 405, (method, path)
            assert answer.json["code"] == "method_not_allowed"
            assert answer.json["money_moved"] == "no"
            assert methods <= set(answer.headers["allow"].split(", "))


@every([each for each in ENDPOINTS if "_id}" in each.path])
def test_an_id_that_is_none_is_as_missing_as_a_strangers(place: Place, each: Endpoint) -> None:
    """P1: the same answer for what is no id at all and for one that nobody has."""
    raw = encoded(sample(*schema_of(each.body))) if each.body else None
    headers = [*place.proof(each), ("Accept-Language", "en")]
    for text in ("x", "pay_", AN_ID, AN_ID.lower(), "%2e%2e%2f", "pay_%00", "a" * 300, "'--", "%F0%9F%92%A9"):
        more = [("Idempotency-Key", str(uuid.uuid4()))]
        answer = place.api.call(each.method, re.sub(r"\{\w+\}", text, each.path), body=raw, headers=[*headers, *more])
        assert 400 <= answer.status < 500, (text, answer.text)
        assert answer.json["money_moved"] == "no"


@every(ENDPOINTS)
def test_an_endpoint_promises_the_refusals_that_its_form_allows(each: Endpoint) -> None:
    """P7: what this matrix asks for is what the document says."""
    promised = {kind.code for kind in problems_of(each)}
    assert {"duplicate_header", "invalid_request", "internal_error"} <= promised
    assert ("idempotency_key_required" in promised) == (each.idempotency == "required")
    assert ("wrong_caller" in promised) == bool(each.callers)
