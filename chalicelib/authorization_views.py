"""How a person's yes to a move of money comes in, and every way in which one is not enough."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Annotated

from msgspec import Meta

from chalicelib.views import Body, Code, Pin
from wallet_api.authorizations.errors import (
    AuthorizationExpired,
    AuthorizationMismatch,
    AuthorizationUsed,
    MethodNotAccepted,
    PinBusy,
    PinLocked,
    PinNotSet,
    PinProofRequired,
    StepUpRequired,
    StepUpUnavailable,
    WrongPin,
    WrongSignature,
)
from wallet_api.authorizations.model import CodeShown, PinShown, Shown, SignatureShown
from wallet_api.devices.model import Signature
from wallet_api.errors import FieldProblem, Invalid, WalletError
from wallet_api.ids import is_id
from wallet_api.one_time_codes.errors import CodeExpired, CodeUsedUp, WrongCode
from wallet_api.second_factors.errors import WrongFactor

PROOF_REFUSALS: tuple[type[WalletError], ...] = (WrongPin, PinLocked, PinBusy, PinNotSet)
"""What showing a PIN may be answered with."""

AUTHORIZATION_REFUSALS: tuple[type[WalletError], ...] = (
    *PROOF_REFUSALS,
    StepUpRequired,
    StepUpUnavailable,
    MethodNotAccepted,
    PinProofRequired,
    AuthorizationUsed,
    AuthorizationExpired,
    AuthorizationMismatch,
    WrongSignature,
    WrongFactor,
    WrongCode,
    CodeExpired,
    CodeUsedUp,
)
"""What any `authorization` may be answered with."""

Base64 = Annotated[str, Meta(min_length=1, max_length=4000, pattern=r"^[A-Za-z0-9+/_-]+={0,2}$")]

FORMS = "{pin}, {device_id, signature}, {challenge_id, code}"


class AuthorizationIn(Body):
    """How a person says yes to a move of money, in one of three forms; the server decides which it accepts for this move.

    `{pin}` is the ordinary one. `{device_id, signature, challenge_id?}` is a signature by the device's key over the 32 bytes of
    the challenge (`POST /v1/authorizations`), or what a browser makes of them: with `authenticator_data` and `client_data_json`
    of WebAuthn. `{challenge_id, code}` is a code of the authenticator, or the one that was sent for the challenge. Bytes are
    base64 or base64url; without `challenge_id` a signature is over the session's newest challenge.
    """

    pin: Pin | None = None
    device_id: Annotated[str, Meta(max_length=40)] | None = None
    signature: Base64 | None = None
    authenticator_data: Base64 | None = None
    client_data_json: Base64 | None = None
    challenge_id: Annotated[str, Meta(max_length=40)] | None = None
    code: Code | None = None

    def shown(self) -> Shown:
        """As the wallet reads it. Raises Invalid unless exactly one form is given whole."""
        given = {name for name in self.__struct_fields__ if getattr(self, name) is not None}
        if self.challenge_id is not None and not is_id(self.challenge_id, "chl"):
            raise Invalid(FieldProblem("/authorization/challenge_id", "wrong_format"))
        if self.pin is not None and given == {"pin"}:
            return PinShown(self.pin)
        if self.challenge_id is not None and self.code is not None and given == {"challenge_id", "code"}:
            return CodeShown(self.challenge_id, self.code)
        browser = {"authenticator_data", "client_data_json"}
        whole = given - {"challenge_id"} in ({"device_id", "signature"}, {"device_id", "signature"} | browser)
        if self.device_id is not None and self.signature is not None and whole:
            return self._signature(self.device_id, self.signature)
        raise Invalid(FieldProblem("/authorization", "exactly_one", (("names", FORMS),)))

    def _signature(self, device_id: str, signature: str) -> SignatureShown:
        if not is_id(device_id, "dev"):
            raise Invalid(FieldProblem("/authorization/device_id", "wrong_format"))
        shown = Signature(
            signature=_bytes("signature", signature),
            authenticator_data=_optional("authenticator_data", self.authenticator_data),
            client_data=_optional("client_data_json", self.client_data_json),
        )
        return SignatureShown(device_id, self.challenge_id, shown)


def _optional(name: str, text: str | None) -> bytes | None:
    return None if text is None else _bytes(name, text)


def _bytes(name: str, text: str) -> bytes:
    """Bytes from either alphabet of base64, with or without padding. Raises Invalid for what is neither."""
    digits = text.rstrip("=")
    if not {"+", "/"} & set(digits):
        digits = digits.replace("-", "+").replace("_", "/")
    try:
        return b64decode(digits + "=" * (-len(digits) % 4), validate=True)
    except (ValueError, binascii.Error):
        raise Invalid(FieldProblem(f"/authorization/{name}", "wrong_format")) from None
