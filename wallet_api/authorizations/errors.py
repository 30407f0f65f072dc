"""How a proof of a person fails. None of these is a decision: the same Idempotency-Key may be tried again with the right proof.

PinNotSet       there is no payment PIN yet
WrongPin        `attempts_left` more tries until it locks
PinLocked       too many wrong ones; a reset with a code ends the lock
PinTooSimple    a PIN that everybody tries first
CurrentPinRequired   setting a PIN where one is set needs the current one
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Forbidden, Retry


class PinNotSet(Forbidden):
    """The person has no payment PIN yet."""

    code = "payment_pin_not_set"


class WrongPin(Forbidden):
    """The payment PIN is wrong; `attempts_left` says how many more tries there are."""

    code = "wrong_payment_pin"


class PinLocked(Forbidden):
    """The payment PIN is locked after too many wrong ones."""

    code = "payment_pin_locked"


class PinTooSimple(Forbidden):
    """A PIN of one digit, a run, or one that the person's birthday-style habits make everybody's first guess."""

    code = "payment_pin_too_simple"
    retry: ClassVar[Retry] = "new_key"


class CurrentPinRequired(Forbidden):
    """A PIN is set already: changing it needs the current one."""

    code = "current_pin_required"
