"""What schemathesis is told by `./wallet fuzz`: who calls, and which failures are none.

Loaded by schemathesis in a process of its own; the server is the one at WALLET_FUZZ_PORT.
"""

import itertools
import os
import re
import threading
from typing import Any

import schemathesis

from chalicelib.openapi.parts import CLIENT
from dev.client import Api
from dev.listen import seeded_key
from dev.trigger import Hands

PEOPLE = 3
"""People that call in turn. Whose session ends on the way (by signing out, by a freeze) is followed by somebody new."""


class Callers:
    """Tokens of both kinds of callers, of the sandbox's own making."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._alone = threading.Lock()
        self._people: list[str] = []
        self._turns = itertools.count()
        self._merchant = ""

    def person(self) -> str:
        """The access token of somebody with a PIN, a card and money."""
        with self._alone:
            turn = next(self._turns) % PEOPLE
            if turn >= len(self._people):
                self._people.append(self._hands().customer())
            return self._people[turn % len(self._people)]

    def merchant(self) -> str:
        """The seeded merchant's key, or another merchant's when it was revoked."""
        with self._alone:
            if not self._merchant:
                self._merchant = self._another_merchant()
            return self._merchant

    def forget(self, token: str) -> None:
        """A token that is refused is nobody's any more."""
        with self._alone:
            self._people = [each for each in self._people if each != token]
            if token == self._merchant:
                self._merchant = ""

    def _hands(self) -> Hands:
        api = Api(self._port)
        return Hands(api, seeded_key(api))

    def _another_merchant(self) -> str:
        body = {"name": "Green Lake Teahouse", "category": "5814", "city": "Kunming"}
        return str(Api(self._port).post("/sandbox/merchants", body).ok()["api_key"])


callers = Callers(int(os.environ["WALLET_FUZZ_PORT"]))


class Proof:
    """Sets the header that an operation asks for: of the kinds of callers that it takes, each in turn."""

    def __init__(self) -> None:
        self._turns = itertools.count()

    def get(self, case: Any, _context: Any) -> str | None:
        security = case.operation.definition.raw.get("security") or []
        kinds = [kind for each in security for kind in each]
        if not kinds:
            return None
        kind = kinds[next(self._turns) % len(kinds)]
        return callers.person() if kind == "customer" else callers.merchant()

    def set(self, case: Any, token: str | None, _context: Any) -> None:
        if token is not None:
            case.headers["Authorization"] = f"Bearer {token}"


def forget_the_dead(_context: Any, case: Any, response: Any) -> None:
    """A token that was good and is refused has ended."""
    given = str((case.headers or {}).get("Authorization", "")).removeprefix("Bearer ")
    if response.status_code in (401, 403) and given:
        callers.forget(given)


def is_a_failure(_context: Any, _failure: Any, case: Any, response: Any) -> bool:
    """Schemathesis takes any text for a header with a pattern to be right: then it is refused, and that is no failure."""
    sent = str((case.headers or {}).get("X-Client", ""))
    code = (response.json() or {}).get("code") if response.status_code == 400 else ""
    return code != "client_malformed" or re.fullmatch(str(CLIENT["pattern"]), sent) is not None


schemathesis.auth(refresh_interval=None)(Proof)
schemathesis.hook("after_call")(forget_the_dead)
schemathesis.hook("filter_failure")(is_a_failure)
