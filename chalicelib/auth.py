"""Who is calling: our own code, the same locally and in the cloud, with no gateway authorizer whose cache would outlive
a logout.

A token carries a tag that is checked here without any storage call, so nobody can make the wallet read, or burn a
stranger's PIN attempts, with a made-up one. Whether its session still lives is asked in the use case's first trip.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from chalicelib.errors import DuplicateHeader, NotAuthenticated, WrongCaller
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.model import Customer, Session
from wallet_api.signatures.model import SignedRequest
from wallet_api.wallet import Wallet

Caller = Customer | MerchantCaller


def unsigned() -> None:
    """A request without a signature."""


ONCE = (
    "authorization",
    "idempotency-key",
    "signature",
    "signature-input",
    "content-type",
    "content-digest",
    "wallet-version",
    "x-client",
)
PROOFS = ("authorization", "signature", "signature-input")


def require_single(multi_headers: Mapping[str, Sequence[str]]) -> None:
    """Raises DuplicateHeader when a header whose value decides something is given more than once."""
    counts: dict[str, int] = {}
    for name, values in multi_headers.items():
        counts[name.lower()] = counts.get(name.lower(), 0) + len(values)
    for name in ONCE:
        if counts.get(name, 0) > 1:
            raise DuplicateHeader(header=name)


def require_readable(headers: Mapping[str, str]) -> None:
    """Raises NotAuthenticated for a proof that is no ASCII text: comparing it would fail later, and it proves nothing."""
    for name in PROOFS:
        if not headers.get(name, "").isascii():
            raise NotAuthenticated


def authenticate(
    wallet: Wallet,
    authorization: str | None,
    allowed: Sequence[type[Caller]],
    scope: str = "",
    signed: Callable[[], SignedRequest | None] = unsigned,
) -> Caller:
    """The caller that the Authorization header names; `scope` is what a restricted key must hold to call this endpoint.

    Raises NotAuthenticated, ApiKeyOfOtherMode, or WrongCaller for a caller of another kind.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthenticated
    caller: Caller | None = wallet.sessions.presented(token) if token.startswith("wat_") else None
    if token.startswith("sk_"):
        caller = wallet.merchants.presented(token)
    if caller is None:
        raise NotAuthenticated
    if not isinstance(caller, tuple(allowed)):
        raise WrongCaller
    if isinstance(caller, MerchantCaller):
        return replace(caller, scope=scope, signed=signed())
    return caller


def admit(wallet: Wallet, customer: Customer, group: str) -> Session:
    """The customer's session, which lives; one of its shares is taken in the same trip.

    For endpoints whose session is not checked before the body is read: a request that cannot be read takes no share.
    Raises SessionEnded, RateLimited.
    """
    return wallet.sessions.require_live(customer, wallet.rate_limits.of_session(group, customer.session_id))
