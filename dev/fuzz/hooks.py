"""What schemathesis is told by `./wallet fuzz`: who calls, what they have, and which failures are none.

Loaded by schemathesis in a process of its own; the server is the one at WALLET_FUZZ_PORT.
"""

import atexit
import itertools
import os
import re
import uuid
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import EnsureResourceAvailability

from chalicelib.openapi.parts import CLIENT
from dev.fuzz.errands import ERRANDS
from dev.fuzz.errands.led import Led
from dev.fuzz.shape import untold, untold_code
from dev.fuzz.stock import Stock, segment
from dev.fuzz.tally import Tally
from dev.fuzz.world import Person, World
from dev.listen import NotThere

OF_OWNERS = ("/v1/merchants", "/v1/outlets", "/v1/merchant_applications/")
ENDED = {"payment_pin_locked", "wallet_frozen", "access_frozen", "wallet_closed"}
"""Refusals after which a person can do little more."""
SAID_NO = (NotThere, LookupError, StopIteration, OSError)
"""What an errand raises when it cannot be done."""

world = World(int(os.environ["WALLET_FUZZ_PORT"]))
stock = Stock(int(os.environ.get("WALLET_FUZZ_SEED", "0")))
tally = Tally()
turns = itertools.count()
asked: Counter[str] = Counter()
"""How often each operation was asked what is right by its shape: an errand is done for the first of them, and each third."""

COMMON = {f"#/components/parameters/{name}" for name in ("AcceptLanguage", "WalletVersion", "XClient")}
CLIENT_PATTERN = re.compile(str(CLIENT["pattern"]))


def _target(case: Any) -> str:
    """The parameter that a request was made up to try; empty where it is none in particular."""
    return str(getattr(case.meta.phase.data, "parameter", None) or "")


class Proof:
    """Sets the header that an operation asks for: of the kinds of callers that it takes, each in turn."""

    def __init__(self) -> None:
        self._turns = itertools.count()

    def get(self, case: Any, _context: Any) -> str | None:
        kinds = _kinds(case)
        if not kinds:
            return None
        turn = next(self._turns)
        if kinds[turn % len(kinds)] == "merchant":
            return world.key()
        owns = case.operation.path.startswith(OF_OWNERS) and turn % 7
        return world.owner().token if owns else world.person().token

    def set(self, case: Any, token: str | None, _context: Any) -> None:
        if token is not None:
            case.headers["Authorization"] = f"Bearer {token}"


def provide(_context: Any, case: Any, _kwargs: Any) -> None:
    """Most of what is right by its shape is made right by its meaning, too; the rest stays as schemathesis made it up."""
    if case.meta is None:
        return
    turn, name, follows = next(turns), case.operation.definition.raw["operationId"], _follows(case)
    _head(case, turn)
    token = _token(case)
    person = world.known(token)
    if person is None and token not in (world.key(), ""):
        return
    if "{" in case.operation.path and turn % 8 and not follows and _right(case, ParameterLocation.PATH):
        case.path_parameters = stock.path(case.operation.path, token, case.path_parameters or {})
    if isinstance(case.body, dict) and _right(case, ParameterLocation.BODY):
        example = _example(case) if turn % 3 == 0 else None
        if example is not None:
            case.body = stock.filled(example, world, person, token)
        elif turn % 16:
            case.body = stock.proven(case.body)
    if name in ERRANDS and not follows and _all_right(case):
        asked[name] += 1
        if asked[name] % 3 == 1:
            _run(name, case, person, token)


def _follows(case: Any) -> bool:
    """Whether a request follows a link to what an answer named; then it comes from whom that answer was for, if they may ask."""
    maker = stock.maker(case.path_parameters or {}) if case.meta.phase.name is TestPhase.STATEFUL else None
    if maker is None:
        return False
    kind, token = "customer" if maker.startswith("wat_") else "merchant", _token(case)
    # What schemathesis shows to be refused stays.
    if kind in _kinds(case) and (world.known(token) or token == world.key()):
        case.headers["Authorization"] = f"Bearer {world.renewed(maker)}"
    return True


def _kinds(case: Any) -> list[str]:
    """The kinds of callers that an operation takes."""
    return [kind for each in case.operation.definition.raw.get("security") or [] for kind in each]


def _head(case: Any, turn: int) -> None:
    """A fresh key for most requests, and the name of a client where schemathesis gives one that its own pattern refuses."""
    headers = case.headers or {}
    if turn % 5 and "Idempotency-Key" in headers and _target(case) != "Idempotency-Key":
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if "X-Client" in headers and _target(case) != "X-Client" and not CLIENT_PATTERN.fullmatch(str(headers["X-Client"])):
        case.headers["X-Client"] = "app/ios/3.2.1"


_WHERE = (ParameterLocation.PATH, ParameterLocation.BODY, ParameterLocation.HEADER, ParameterLocation.QUERY)


def _run(name: str, case: Any, person: Any, token: str) -> None:
    done = _led(name, person or world.person(), token)
    if done is None:
        return
    led, person = done
    if token:
        case.headers["Authorization"] = f"Bearer {_shown(token, person)}"
    if led.path:
        sent = {at: segment(value) for at, value in led.path.items()}
        case.path_parameters = {**(case.path_parameters or {}), **sent}
    if led.query:
        case.query = {**(case.query or {}), **led.query}
    if led.body is not None:
        case.body = led.body


def _led(name: str, person: Person, token: str) -> tuple[Led, Person] | None:
    """What an errand leads to, and for whom. When somebody on the way says no, somebody who has done nothing yet goes."""
    try:
        return _sent(name, person, token), person
    except SAID_NO:
        owns = person is world.owner()
    try:
        for shown in (token, person.token, world.key()):
            world.forget(shown)
        person = world.owner() if owns else world.somebody()
        return _sent(name, person, token), person
    except SAID_NO as why:
        tally.not_done(name, f"{type(why).__name__} {why}")
        return None


def _sent(name: str, person: Person, token: str) -> Led:
    world.asking = _shown(token, person)
    return ERRANDS[name](world, person)


def _shown(token: str, person: Person) -> str:
    """What shows who calls, of the same kind as before: an errand may have made a new one."""
    return person.token if token.startswith("wat_") else world.key()


def _example(case: Any) -> Any:
    content = case.operation.definition.raw["requestBody"]["content"]
    return content["application/json"].get("example")


def _right(case: Any, where: ParameterLocation) -> bool:
    component = case.meta.components.get(where)
    return component is None or component.mode is GenerationMode.POSITIVE


def _token(case: Any) -> str:
    return str((case.headers or {}).get("Authorization", "")).removeprefix("Bearer ")


def remember(_context: Any, case: Any, response: Any) -> None:
    """Counts the answer, takes what it names, and lets whoever cannot go on go."""
    token, answer = _token(case), _json(response)
    code = str(answer.get("code", "")) if response.status_code >= 400 and isinstance(answer, dict) else ""
    right = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    tally.answered(case.operation.label, right, response.status_code, code)
    if response.status_code < 300:
        stock.learn(case.operation.path, token, answer)
        if key := (case.headers or {}).get("Idempotency-Key"):
            stock.put("/v1/operations", token, str(key))
        if (person := world.known(token)) and isinstance(answer, dict) and "recovery_codes" in answer:
            person.kept["recovery_codes"] = answer["recovery_codes"]
    elif token and (response.status_code == 401 or code in ENDED):
        try:
            world.forget(token, for_good=code in ENDED)
        except SAID_NO as why:
            tally.not_done("the next one", f"{type(why).__name__} {why}")


def _json(response: Any) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def is_a_failure(_context: Any, failure: Any, case: Any, response: Any) -> bool:
    """What is none: schemathesis takes any text for a header with a pattern to be right, and every caller for the same one.

    What is malformed is refused; and what somebody made is missing to everybody else.
    """
    if isinstance(failure, EnsureResourceAvailability):
        maker = stock.maker(case.path_parameters or {})
        return maker is not None and world.renewed(maker) == _token(case)
    sent = str((case.headers or {}).get("X-Client", ""))
    answer = _json(response) if response.status_code == 400 else None
    code = answer.get("code") if isinstance(answer, dict) else ""
    return code != "client_malformed" or re.fullmatch(str(CLIENT["pattern"]), sent) is not None


def refused_for_its_shape(_context: Any, response: Any, case: Any) -> None:
    """A check of our own: schemathesis takes any 422 for an answer to what is right by its shape."""
    if response.status_code != 422 or not _all_right(case):
        return
    found = untold(_json(response), case.body)
    assert not found, f"The document allows what was refused: {', '.join(found)}"


def refused_with_a_code_of_its_own(_context: Any, response: Any, case: Any) -> None:
    """A check of our own: every refusal has one shape, in which the document says of the code that it is text."""
    if response.status_code < 400:
        return
    answer = case.operation.definition.raw["responses"].get(str(response.status_code))
    code = untold_code(_json(response), answer)
    assert not code, f"The document does not name {code} among what {response.status_code} may say"


def _all_right(case: Any) -> bool:
    return case.meta is not None and all(_right(case, where) for where in _WHERE)


def _at_the_end() -> None:
    tally.write(Path(os.environ["WALLET_FUZZ_TALLY"]))


def shorten(_context: Any, schema: Any) -> None:
    """In a short run the headers that every operation takes are tried at each tenth one alone."""
    if "WALLET_FUZZ_SHORT" not in os.environ:
        return
    operations = [each for item in schema["paths"].values() for each in item.values()]
    for place, operation in enumerate(operations):
        if place % 10:
            operation["parameters"] = [each for each in operation["parameters"] if each.get("$ref") not in COMMON]


schemathesis.auth(refresh_interval=None)(Proof)
schemathesis.hook("before_load_schema")(shorten)
schemathesis.hook("before_call")(provide)
schemathesis.hook("after_call")(remember)
schemathesis.hook("filter_failure")(is_a_failure)
schemathesis.check(refused_for_its_shape)
schemathesis.check(refused_with_a_code_of_its_own)
if "WALLET_FUZZ_TALLY" in os.environ:
    atexit.register(_at_the_end)
    world.key()
    world.a_day_later()
