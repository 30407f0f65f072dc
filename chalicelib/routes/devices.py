"""Devices over HTTP: seeing them, removing one, and registering the key behind a fingerprint or a face."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

from chalicelib.auth import admit
from chalicelib.authorization_views import PROOF_REFUSALS
from chalicelib.http import Call, Routes, endpoint
from chalicelib.identity_views import ProveOwner
from chalicelib.views import Body, Code, ListView, Pin, View
from wallet_api.authorizations.errors import PinProofRequired
from wallet_api.authorizations.use_cases import Registering
from wallet_api.clock import rfc3339
from wallet_api.devices.errors import DeviceRemoved
from wallet_api.devices.model import MAX_KEY_CHARACTERS, Key, RegisteredDevice
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.passwords.errors import PasswordRequired, WrongCurrentPassword
from wallet_api.people.errors import AccessFrozen
from wallet_api.rate_limits.errors import RateLimited
from wallet_api.second_factors.errors import WrongFactor
from wallet_api.sessions.model import Customer, Session

routes = Routes(__name__)


class RegisterKey(Body):
    """`public_key` is base64 of the SubjectPublicKeyInfo in DER (what WebCrypto calls `spki`): P-256 for ES256, or Ed25519.

    One of `pin` and `code`, of the authenticator, proves the person. A key that a code registered counts at once for what a
    PIN alone is not enough for; one that the PIN registered, after a day.
    """

    public_key: Annotated[str, Meta(min_length=1, max_length=MAX_KEY_CHARACTERS, pattern=r"^[A-Za-z0-9+/]+={0,2}$")]
    algorithm: Literal["ES256", "Ed25519"]
    pin: Pin | None = None
    code: Code | None = None


class KeyView(View):
    """A device's key. `trusted_from` is when it begins to count for more than a PIN."""

    algorithm: Literal["ES256", "Ed25519"]
    added_at: str
    trusted_from: str

    @staticmethod
    def of(key: Key) -> KeyView:
        """The wire form."""
        return KeyView(algorithm=key.algorithm, added_at=rfc3339(key.added_at), trusted_from=rfc3339(key.trusted_from))


class RegisteredDeviceView(View):
    """One of the caller's devices; `current` is the one that asks. Until `limited_until` it can pay little."""

    id: str
    object: Literal["device"] = "device"
    status: Literal["active"] = "active"
    current: bool
    name: str | None
    platform: str | None
    app_version: str | None
    key: KeyView | None
    limited_until: str | None
    last_signed_in_at: str
    created_at: str

    @staticmethod
    def of(device: RegisteredDevice, session: Session) -> RegisteredDeviceView:
        """The wire form."""
        return RegisteredDeviceView(
            id=device.id,
            current=device.id == session.device.id,
            name=device.name,
            platform=device.platform,
            app_version=device.app_version,
            key=None if device.key is None else KeyView.of(device.key),
            limited_until=None if device.limited_until is None else rfc3339(device.limited_until),
            last_signed_in_at=rfc3339(device.last_signed_in_at),
            created_at=rfc3339(device.added_at),
        )


@endpoint(
    routes,
    "POST",
    "/v1/devices/current/key",
    summary="Register the key that signs payments on this device",
    callers=[Customer],
    body=RegisterKey,
    answer=RegisteredDeviceView,
    status=201,
    session="in_use_case",
    errors=[PinProofRequired, AccessFrozen, DeviceRemoved, WrongFactor, *PROOF_REFUSALS],
)
def register_key(call: Call[RegisterKey]) -> Any:
    """Takes the place of the key that the device may have. The private half never leaves the device."""
    body, wallet = call.body, call.wallet
    if body.pin is not None and body.code is not None:
        raise Invalid(FieldProblem("", "exactly_one", (("names", "pin, code"),)))
    registering = Registering(body.public_key, body.algorithm, body.pin, body.code)
    session, device = wallet.device_keys.register(call.customer, registering)
    return RegisteredDeviceView.of(device, session)


@endpoint(
    routes,
    "GET",
    "/v1/devices",
    summary="See your devices",
    callers=[Customer],
    answer=ListView[RegisteredDeviceView],
    session="in_use_case",
)
def list_devices(call: Call[None]) -> Any:
    """Every device that signed in and was not removed, newest first."""
    session = call.wallet.sessions.require_live(call.customer)
    devices = call.wallet.devices.list(call.customer.id)
    return ListView(data=[RegisteredDeviceView.of(device, session) for device in devices])


@endpoint(
    routes,
    "DELETE",
    "/v1/devices/{device_id}",
    summary="Remove a device",
    callers=[Customer],
    body=ProveOwner,
    answer=None,
    status=204,
    session="in_use_case",
    errors=[NotFound, PasswordRequired, WrongCurrentPassword, RateLimited],
)
def remove_device(call: Call[ProveOwner]) -> None:
    """Ends its sessions and its key at once, also when it is the one that asks. It may sign in again, as a new device. It takes
    the password, unless the caller signed in within 15 minutes.
    """
    device_id = call.id("device_id", "dev")
    session = admit(call.wallet, call.customer, "identity")
    call.wallet.reauthentication.require(session, call.body.password)
    call.wallet.sessions.end_device(call.customer, device_id)
