"""A story told over HTTP, step by step: what each step took, what moved, and which one did not hold."""

import io
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dev.client import Answer, Api
from wallet_api.money import Money, decimal_text

if TYPE_CHECKING:
    from dev.cloud.local import LocalCloud


class DoesNotHold(Exception):
    """A step's promise was not kept; the text says what came instead."""


@dataclass
class Person:
    """Somebody with a phone."""

    name: str
    phone: str
    password: str
    token: str = ""
    id: str = ""


@dataclass
class Story:
    """The journey so far, with the client it speaks through."""

    api: Api
    cloud: "LocalCloud"
    done: int = 0

    def step(self, text: str, action: Callable[[], Any]) -> Any:
        """One step: its milliseconds, and what the action says of it. Raises DoesNotHold with the step's name."""
        started = time.perf_counter_ns()
        try:
            told, value = action()
        except (AssertionError, KeyError, IndexError, TypeError, DoesNotHold) as failure:
            raise DoesNotHold(f"step {self.done + 1}, {text}: {failure}") from failure
        self.done += 1
        took = (time.perf_counter_ns() - started) // 100_000
        print(f"  {self.done:2d}  {took // 10:4d}.{took % 10} ms  {text:<46} {told}", flush=True)
        return value

    def ask(
        self, method: str, path: str, status: int, body: Any = None, *, token: str = "", keyed: bool = False
    ) -> Any:
        """A call that must answer with this status; gives the body."""
        key = str(uuid.uuid4()) if keyed else None
        answer = self.api.call(method, path, json=body, token=token or None, key=key, lang="en")
        return expect(answer, status)

    def code_for(self, phone: str) -> str:
        """The six digits of the newest message to this phone."""
        messages = self.ask("GET", f"/sandbox/messages?to=%2B{phone[1:]}", 200)["data"]
        digits = [
            word for word in "".join(c if c.isdigit() else " " for c in messages[0]["text"]).split() if len(word) == 6
        ]
        return digits[0]

    def balance(self, person: Person) -> int:
        """A person's CNY balance in fen."""
        balances = self.ask("GET", "/v1/wallet", 200, token=person.token)["balances"]
        return int(next(each["amount"] for each in balances if each["currency"] == "CNY"))


def expect(answer: Answer, status: int) -> Any:
    """The body of an answer with the status that was expected. Raises DoesNotHold."""
    if answer.status != status:
        raise DoesNotHold(f"HTTP {answer.status} instead of {status}: {answer.text[:400]}")
    return answer.json if answer.body else None


def shown(fen: int) -> str:
    """`¥88.88` for 8888 fen."""
    return f"¥{decimal_text(Money(fen, 'CNY'))}"


def cny(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "CNY"}


def scannable(payload: str) -> str:
    """A QR code in the characters of a terminal."""
    import segno

    drawn = io.StringIO()
    segno.make(payload, error="l").terminal(out=drawn, compact=True, border=2)
    return drawn.getvalue()
