"""What a signed request is, what its signature must cover, and whether it holds (RFC 9421, RFC 9530).

A gateway hands over decoded query parameters and not the query's own text, so `@query` is written anew: names and values
percent-encoded as RFC 3986 does, in the order that came or sorted by name. What that leaves open (the order, the spelling of a
percent sign) no endpoint reads. `"@query-param"` for each parameter does as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Literal

from msgspec import Struct

from wallet_api.clock import epoch_seconds, rfc3339
from wallet_api.logs import Discreet
from wallet_api.signatures.errors import SignatureInvalid

Algorithm = Literal["ed25519", "hmac-sha256"]

TOLERANCE = timedelta(seconds=300)
"""How far `created` may be from our clock, both ways."""
NONCE_LIFE = 2 * TOLERANCE + timedelta(seconds=60)
"""How long a nonce is remembered: a signature made at the far end of the tolerance ahead of us is good until then."""
_UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
MIN_NONCE, MAX_NONCE = 16, 128
SECRET_BYTES = 32
MAX_KEYS = 20

Reason = Literal["malformed", "unknown_key", "out_of_time", "not_covered", "digest_mismatch", "mismatch"]


class SignedRequest(Discreet, frozen=True):
    """A request that carries a signature, as it came. `path` is that of the URL, `query` its decoded parameters in the order
    they came, `token` names this request among all that were ever read.
    """

    method: str
    scheme: str
    authority: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: Mapping[str, str]
    body: bytes
    token: str

    @property
    def queries(self) -> tuple[str, ...]:
        """The query as it may have been written, without its question mark: as it came, and sorted."""
        pairs = [f"{percent_encoded(name)}={percent_encoded(value)}" for name, value in self.query]
        return tuple(dict.fromkeys(("&".join(pairs), "&".join(sorted(pairs)))))

    def as_sent(self, query: str) -> Any:
        """The request as the library reads one."""
        url = f"{self.scheme}://{self.authority}{self.path}" + (f"?{query}" if query else "")
        return SimpleNamespace(method=self.method, url=url, headers=self.headers)


class Claimed(Struct, frozen=True):
    """What a signature says of itself, before anything of it is believed."""

    key_id: str
    nonce: str
    created: int
    expires: int | None


class SigningKey(Struct, frozen=True):
    """A key that a merchant signs with: a public key in DER, or a secret of ours that is sealed."""

    id: str
    merchant_id: str
    name: str
    algorithm: Algorithm
    created_at: datetime
    public_key: bytes | None = None
    data_key: bytes | None = None
    secret_sealed: bytes | None = None
    revoked_at: datetime | None = None

    @property
    def is_active(self) -> bool:
        """Whether it was not taken back."""
        return self.revoked_at is None


def percent_encoded(text: str) -> str:
    """Every byte that is not unreserved as a percent sign and two digits (RFC 3986 section 2.1)."""
    return "".join(chr(byte) if chr(byte) in _UNRESERVED else f"%{byte:02X}" for byte in text.encode())


def claimed(request: SignedRequest) -> Claimed:
    """Which key, nonce and time the one signature names. Raises SignatureInvalid."""
    import http_sf

    try:
        parsed: Any = http_sf.parse(request.headers["signature-input"].encode("ascii"), tltype="dictionary")
        ((_, parameters),) = parsed.values()
        found = Claimed(parameters["keyid"], parameters["nonce"], parameters["created"], parameters.get("expires"))
    except (KeyError, TypeError, UnicodeError, ValueError):
        raise SignatureInvalid(reason="malformed") from None
    texts = all(isinstance(text, str) for text in (found.key_id, found.nonce))
    times = type(found.created) is int and type(found.expires) in (int, type(None))
    if not texts or not times or not MIN_NONCE <= len(found.nonce) <= MAX_NONCE:
        raise SignatureInvalid(reason="malformed")
    return found


def require_timely(claim: Claimed, now: datetime) -> None:
    """Raises SignatureInvalid for one that was made too long ago or too far ahead of us, or has expired by its own word."""
    seconds = epoch_seconds(now)
    expired = claim.expires is not None and claim.expires < seconds
    if expired or abs(claim.created - seconds) > TOLERANCE.total_seconds():
        raise SignatureInvalid(reason="out_of_time", server_time=rfc3339(now))


def require_holds(request: SignedRequest, algorithm: Algorithm, key: Any, *, show_base: bool) -> None:
    """Verifies the signature with a key and the algorithm of its record. Raises SignatureInvalid.

    `show_base` puts the text that we verified it over into the refusal, so that a developer sees where the two differ.
    """
    verdicts = [_verdict(request.as_sent(query), request, algorithm, key) for query in request.queries]
    if any(reason is None for reason, *_ in verdicts):
        return
    reason, base, missing = verdicts[0]
    shown = {"missing": " ".join(missing), "signature_base": base if show_base else ""}
    raise SignatureInvalid(**{"reason": str(reason), **{name: text for name, text in shown.items() if text}})


def wanted_of(request: SignedRequest) -> list[str]:
    """The components that a signature of this request covers at least, in the library's notation."""
    wanted = ["@method", "@authority", "@path"]
    if request.body:
        wanted += ["content-digest", "content-type"]
    if "idempotency-key" in request.headers:
        wanted.append("idempotency-key")
    return wanted


Verdict = tuple[Reason | None, str, Sequence[str]]
"""Why a signature does not hold (None when it does), the base that it was verified over as far as there is one, and what it should
have covered.
"""


def _verdict(sent: Any, request: SignedRequest, algorithm: Algorithm, key: Any) -> Verdict:
    from http_message_signatures import HTTPMessageSignaturesException, InvalidSignature

    verifier, bases = _verifier(algorithm, key)
    try:
        (result,) = verifier.verify(sent, max_age=None)
    except (HTTPMessageSignaturesException, ValueError) as error:
        crypto = bases and isinstance(error, InvalidSignature)
        return ("mismatch" if crypto else "malformed"), "".join(bases), ()
    covered = list(result.covered_components)
    missing = _uncovered(covered, request)
    if missing:
        return "not_covered", "".join(bases), missing
    return _digest_reason(verifier, sent, result, request), "".join(bases), ()


def _uncovered(covered: Sequence[str], request: SignedRequest) -> list[str]:
    """What a signature of this request has to cover and does not. A query is covered whole, or parameter by parameter."""
    names = {identifier for identifier in covered if ";" not in identifier}
    missing = [name for name in wanted_of(request) if f'"{name}"' not in names]
    parameters = {f'"@query-param";name="{percent_encoded(name)}"' for name, _ in request.query}
    return missing if '"@query"' in names or parameters <= set(covered) else [*missing, "@query"]


def _digest_reason(verifier: Any, sent: Any, result: Any, request: SignedRequest) -> Reason | None:
    """A digest that is given is right, covered or not, whether there is a body or none."""
    from http_message_signatures import ContentDigest, HTTPMessageSignaturesException

    try:
        verifier.verify_body(sent, [result], request.body)
        if "content-digest" in request.headers:
            ContentDigest.verify(request.headers["content-digest"], request.body)
    except HTTPMessageSignaturesException:
        return "digest_mismatch"
    return None


def _verifier(algorithm: Algorithm, key: Any) -> tuple[Any, list[str]]:
    """The library's verifier for one algorithm and one key, and where it leaves the base that it verifies.

    Times are checked against the wallet's own clock, which is handed in, and not against the machine's.
    """
    from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver
    from http_message_signatures.algorithms import ED25519, HMAC_SHA256

    bases: list[str] = []
    kind: Any = ED25519 if algorithm == "ed25519" else HMAC_SHA256

    class Watched(kind):  # type: ignore[misc]
        def verify(self, signature: bytes, message: bytes) -> None:
            bases[:] = [message.decode("ascii")]
            super().verify(signature, message)

    class OneKey(HTTPSignatureKeyResolver):
        def resolve_public_key(self, key_id: str) -> Any:  # noqa: ARG002  it was found by this id
            return key

    class Verifier(HTTPMessageVerifier):
        def validate_created_and_expires(self, sig_input: Any, max_age: Any = None) -> None:
            """See `require_timely`."""

    return Verifier(signature_algorithm=Watched, key_resolver=OneKey()), bases
