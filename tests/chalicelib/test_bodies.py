"""What the edge reads as a body, and how it names what it does not."""

import json
import time
from datetime import datetime
from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import Meta

from chalicelib.bodies import (
    MAX_BODY_BYTES,
    MAX_PROBLEMS,
    BodyTooLarge,
    DuplicateName,
    NotAnObject,
    NotJson,
    TooDeep,
    parse,
    read_body,
    read_query,
)
from chalicelib.views import Body, MoneyIn, PageQuery
from wallet_api.errors import Invalid, WalletError


class Line(Body):
    name: Annotated[str, Meta(max_length=10)]
    count: int = 1


class Order(Body):
    amount: MoneyIn
    lines: list[Line] = []
    note: str | None = None


def problems(raw: bytes | str) -> dict[str, str]:
    """Pointer to code of everything that is wrong with an order."""
    with pytest.raises(Invalid) as refusal:
        read_body(raw.encode() if isinstance(raw, str) else raw, Order)
    return {problem.pointer: problem.code for problem in refusal.value.problems}


def amount(text: str) -> str:
    return f'{{"amount": {{"amount": {text}, "currency": "CNY"}}}}'


def test_a_good_body_becomes_its_struct() -> None:
    order = read_body(amount("1250").encode(), Order)
    assert order.amount.money().amount == 1250


NO_AMOUNTS = [
    "true", "1.0", '"100"', "1e2", "NaN", "Infinity", "-Infinity", "1e400", "-1", "0", "-0", "1" + "0" * 30,
    '"１００"', '"1_000"', "1000000000001", "null", "[]", "{}", "1.5", '"0x10"',
]  # fmt: skip


@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_an_amount_is_a_whole_number_in_range_or_its_field_is_named(text: str) -> None:
    """M25."""
    assert list(problems(amount(text))) == ["/amount/amount"]


@pytest.mark.parametrize("text", ["01", "+1", "1_000", "0x10", "１", "1,0", ""])
def test_what_is_no_json_number_is_no_json(text: str) -> None:
    """M25."""
    with pytest.raises(NotJson):
        read_body(amount(text).encode(), Order)


def test_an_integer_of_thousands_of_digits_is_refused_without_being_computed() -> None:
    """M25."""
    with pytest.raises(NotJson):
        read_body(amount("9" * 5000).encode(), Order)


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [
        (b"[" * 60_000, TooDeep),
        (b'{"a":' * 60_000, BodyTooLarge),
        (b'{"a":' * 10_000, TooDeep),
        (b"{" + b" " * MAX_BODY_BYTES + b"}", BodyTooLarge),
        (b"[]", NotAnObject),
        (b"null", NotAnObject),
        (b'"text"', NotAnObject),
        (b"7", NotAnObject),
        (b"NaN", NotAnObject),
        (b"", NotJson),
        (b"{", NotJson),
        (b"{} {}", NotJson),
        (b"{'a': 1}", NotJson),
        (b'{"a": 1,}', NotJson),
        (b'{"a": "\n\x00"}', NotJson),
        (b"\xef\xbb\xbf{}", NotJson),
        (b'{"a": "\xff"}', NotJson),
        ("{}".encode("utf-16"), NotJson),
        (b'{"note": "a", "note": "b"}', DuplicateName),
        (b'{"note": "a", "\\u006eote": "b"}', DuplicateName),
        (b'{"amount": {"amount": 1, "amount": 100}}', DuplicateName),
    ],
)
def test_text_that_two_parsers_could_read_differently_is_not_read(raw: bytes, refusal: type[WalletError]) -> None:
    """P10, P11: depth, roots, duplicate names, and what is no JSON at all."""
    with pytest.raises(refusal):
        read_body(raw, Order)


def test_brackets_in_strings_are_no_depth() -> None:
    """P10."""
    assert parse(json.dumps({"note": "[" * 1000 + '"\\'}).encode())


@pytest.mark.parametrize("text", ['"' + '\\"' * 32_000, '"' * 65_000, '"\\' * 32_000, "\\" * 65_000])
def test_no_text_takes_long_to_look_at(text: str) -> None:
    """P10: a pattern that begins anew at each quote would take minutes for these."""
    began = time.thread_time()
    with pytest.raises(WalletError):
        parse(text.encode())
    assert time.thread_time() - began < 1


FORBIDDEN = ["\x00", "\x1b", "\u202e", "\u2066", "\u200f", "\ud800", "\udfff", "\x85", "\ufffd", "\uffff", "\U0001fffe"]


@pytest.mark.parametrize("sign", FORBIDDEN)
def test_what_cannot_be_shown_or_turns_the_text_is_refused_wherever_it_stands(sign: str) -> None:
    """P13: in a value, in a list, in a name, escaped."""
    escaped = json.dumps(sign)[1:-1]
    assert problems(f'{{"note": "a{escaped}"}}') == {"/note": "forbidden_characters"}
    assert problems(f'{{"lines": [{{"name": "{escaped}"}}]}}') == {"/lines/0/name": "forbidden_characters"}
    assert problems(f'{{"no{escaped}te": "a"}}') == {"": "forbidden_characters"}


def test_a_text_does_not_end_in_a_line_feed() -> None:
    """A30: in a pattern `$` also matches before a last line feed, so `123456` and its longer twin would be one code."""
    assert problems('{"note": "123456\\n"}')["/note"] == "forbidden_characters"


@pytest.mark.parametrize("text", ["午饭 🍜", "👩‍👩‍👧", "two\nlines", "\U0001fae9", "नमस्ते"])
def test_what_people_write_is_taken(text: str) -> None:
    """P13: among it joined emoji, and signs that are newer than this Python's Unicode."""
    raw = json.dumps({"amount": {"amount": 1, "currency": "CNY"}, "note": text})
    assert read_body(raw.encode(), Order).note == text


def test_every_bad_field_is_named_at_once() -> None:
    raw = '{"amount": {"amount": "1", "currency": "CNY"}, "lines": {}, "note": 7, "tip": 1}'
    assert problems(raw) == {
        "/amount/amount": "wrong_type",
        "/lines": "wrong_type",
        "/note": "wrong_type",
        "/tip": "unknown_field",
    }


def test_fields_within_fields_are_named_by_their_path() -> None:
    assert problems('{"amount": {"amount": 1}}') == {"/amount/currency": "required"}
    assert problems('{"amount": {"amount": 1, "currency": "cny"}}') == {"/amount/currency": "wrong_format"}
    assert problems('{"lines": [{"name": "a"}, {"name": "12345678901"}]}') == {
        "/amount": "required",
        "/lines/1/name": "too_long",
    }
    assert problems('{"lines": [{"name": "a", "x/y~": 1}]}') == {
        "/amount": "required",
        "/lines/0/x~1y~0": "unknown_field",
    }


def test_an_answer_does_not_repeat_what_is_long_or_many() -> None:
    many = {f"x{number}": 1 for number in range(1000)}
    assert len(problems(json.dumps(many))) == MAX_PROBLEMS
    assert problems(json.dumps({"n" * 1000: 1})) == {"": "name_too_long"}


def test_a_query_is_read_by_the_same_rules() -> None:
    assert read_query({"limit": ["5"]}, PageQuery).limit == 5
    for given, expected in [
        ({"limit": ["0"]}, {"limit": "too_small"}),
        ({"limit": ["101"]}, {"limit": "too_large"}),
        ({"limit": ["ten"]}, {"limit": "wrong_type"}),
        ({"limit": ["1.5"]}, {"limit": "wrong_type"}),
        ({"limit": ["1e1"]}, {"limit": "wrong_type"}),
        ({"limit": ["10.0"]}, {"limit": "wrong_type"}),
        ({"limit": ["１０"]}, {"limit": "wrong_type"}),
        ({"limit": [""]}, {"limit": "wrong_type"}),
        ({"limit": ["1", "2"]}, {"limit": "given_twice"}),
        ({"page": ["2"]}, {"page": "unknown_field"}),
        ({"cursor": ["a\x00"]}, {"cursor": "forbidden_characters"}),
    ]:
        with pytest.raises(Invalid) as refusal:
            read_query(given, PageQuery)
        assert {problem.pointer: problem.code for problem in refusal.value.problems} == expected


class Filter(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    status: Literal["succeeded", "failed"] | None = None
    order_id: str | None = None
    since: Annotated[datetime, Meta(tz=True)] | None = msgspec.field(default=None, name="from")


@pytest.mark.parametrize("word", ["null", "NULL", "Null", "none", ""])
def test_a_filter_that_is_no_word_of_the_list_is_never_taken_for_none(word: str) -> None:
    """A statement that looks complete, and lacks what was filtered for, would be believed."""
    assert read_query({"order_id": [word]}, Filter) == Filter(order_id=word)
    with pytest.raises(Invalid) as refusal:
        read_query({"status": [word]}, Filter)
    assert [(problem.pointer, problem.code) for problem in refusal.value.problems] == [("status", "unknown_value")]


@pytest.mark.parametrize(
    "given", ["1795309500", "1795309500000", "0.5", "-5", "1e3", "null", "2026-11-22", "yesterday"]
)
def test_a_time_is_written_as_one_and_a_number_is_none(given: str) -> None:
    """Seconds or milliseconds since 1970: who sends them means one, and would be answered for the other."""
    with pytest.raises(Invalid) as refusal:
        read_query({"from": [given]}, Filter)
    assert [(problem.pointer, problem.code) for problem in refusal.value.problems] == [("from", "wrong_type")]


def test_what_the_parsers_disagree_on_is_refused_and_never_a_crash() -> None:
    """A struct that takes anything still gets no number that JSON does not have."""

    class Anything(Body):
        value: msgspec.Raw | None = None

    with pytest.raises(Invalid):
        read_body(b'{"value": NaN}', Anything)
