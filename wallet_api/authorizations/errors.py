"""How a proof of a person fails. None of these is a decision: the same Idempotency-Key may be tried again with the right proof.

PinNotSet       there is no payment PIN yet
WrongPin        `attempts_left` more tries until it locks
PinLocked       too many wrong ones; a reset with a code ends the lock
PinBusy         as many attempts as may be wrong are being evaluated just now
PinTooSimple    a PIN that everybody tries first
CurrentPinRequired   setting a PIN where one is set needs the current one
StepUpRequired       this move asks for more than was shown
StepUpUnavailable    this move asks for more than the person has today
MethodNotAccepted    the method is too weak for this move
PinCoolingDown       it is too soon after a recovery or a change of contact to choose a PIN without the one before
PinProofRequired     codes are offered, and keys taken, only after the PIN
AuthorizationUsed    the challenge was used, voided, or never was this session's
AuthorizationExpired the challenge's time is over
AuthorizationMismatch  the challenge was made for another move, and is void now
WrongSignature       the device's key did not sign this challenge, which is void now
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Forbidden, Retry, TooMany


class PinNotSet(Forbidden):
    """The person has no payment PIN yet."""

    code = "payment_pin_not_set"


class WrongPin(Forbidden):
    """The payment PIN is wrong; `attempts_left` says how many more tries there are."""

    code = "wrong_payment_pin"


class PinLocked(Forbidden):
    """The payment PIN is locked after too many wrong ones."""

    code = "payment_pin_locked"


class PinBusy(TooMany):
    """As many requests of this person wait for their PIN's evaluation as there are attempts: none of it was evaluated for this one,
    and the same key may be tried again in `retry_after_seconds`.
    """

    code = "payment_pin_busy"
    retry: ClassVar[Retry] = "same_key"


class PinTooSimple(Forbidden):
    """A PIN of one digit, a run, or one that the person's birthday-style habits make everybody's first guess."""

    code = "payment_pin_too_simple"
    retry: ClassVar[Retry] = "new_key"


class CurrentPinRequired(Forbidden):
    """A PIN is set already: changing it needs the current one."""

    code = "current_pin_required"


class PinCoolingDown(Forbidden):
    """A code alone set the password, or a contact changed, a short while ago: a PIN can be chosen from `available_at`."""

    code = "payment_pin_cooling_down"


class StepUpRequired(Forbidden):
    """The PIN alone is not enough for this move, for a `reason`; `methods`, parted by spaces, are what is."""

    code = "step_up_required"


class StepUpUnavailable(Forbidden):
    """This move needs more than a PIN, for a `reason`, and the person has no method today that counts for it."""

    code = "step_up_unavailable"


class MethodNotAccepted(Forbidden):
    """The server does not accept this method for this move; `methods`, parted by spaces, are those that it accepts."""

    code = "method_not_accepted"


class PinProofRequired(Forbidden):
    """What was asked for is given only to who shows the PIN, or more."""

    code = "payment_pin_required"


class AuthorizationUsed(Forbidden):
    """The challenge was used or voided, or is none of this session's."""

    code = "authorization_used"


class AuthorizationExpired(Forbidden):
    """The challenge's time is over."""

    code = "authorization_expired"


class AuthorizationMismatch(Forbidden):
    """The challenge was made for another payee, amount, currency or quote. It is void now."""

    code = "authorization_mismatch"


class WrongSignature(Forbidden):
    """The signature is not by the key of this session's device over this challenge. The challenge is void now."""

    code = "wrong_signature"
