"""Acquirers in whose calls something else happens: the caller dies, or is overtaken."""

from collections.abc import Callable
from typing import Any

from wallet_api.gateways.acquirer import ChargeOrder, ChargeOutcome


class Dies:
    """An acquirer whose caller's process dies: before the charge was sent, or before its answer arrived."""

    def __init__(self, real: Any, call: str, *, after: bool) -> None:
        self.real, self.call, self.after = real, call, after

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def called(*arguments: Any) -> Any:
            if name == self.call and not self.after:
                raise KeyboardInterrupt
            answer = getattr(self.real, name)(*arguments)
            if name == self.call:
                raise KeyboardInterrupt
            return answer

        return called


class Overtaken:
    """An acquirer that gets a charge and has no answer yet; until it says so, something else happens."""

    def __init__(self, real: Any, meanwhile: Callable[[], object]) -> None:
        self.real, self.meanwhile = real, meanwhile

    def charge(self, order: ChargeOrder) -> ChargeOutcome:
        self.real.charge(order)
        self.meanwhile()
        return ChargeOutcome("pending")
