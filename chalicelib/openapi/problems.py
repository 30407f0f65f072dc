"""Every refusal that an endpoint may answer with: what it declares, and what follows from what it takes and who calls."""

from __future__ import annotations

import re

from chalicelib import bodies, errors
from chalicelib.headers import FOR_EVERY_CLIENT
from chalicelib.http import Endpoint
from wallet_api.clients.errors import ClientMalformed, UpdateRequired
from wallet_api.errors import Invalid, NotFound, OutcomeUnknown, WalletError
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.ledger.errors import IdempotencyKeyInUse, IdempotencyKeyReused, OperationAbandoned
from wallet_api.merchants.errors import ApiKeyOfOtherMode, ApiKeyRevoked, MerchantSuspended, ScopeMissing
from wallet_api.merchants.model import MerchantCaller
from wallet_api.sessions.errors import SessionEnded
from wallet_api.sessions.model import Customer
from wallet_api.signatures.errors import SignatureInvalid, SignatureReplayed, SignatureRequired
from wallet_api.storage.crypto import KeyServiceDown
from wallet_api.storage.errors import StorageBusy

_NAME = re.compile(r"\{(\w+)\}")


def problems_of(each: Endpoint) -> list[type[WalletError]]:
    """Every refusal that an endpoint may answer with: its own, and those that follow from what it takes."""
    found: list[type[WalletError]] = [errors.DuplicateHeader, errors.UnknownVersion, Invalid, errors.Defect]
    found += [ClientMalformed, errors.NotAuthenticated]  # also where anybody may call: a proof may be unreadable
    if each.method != "GET":
        found += [
            errors.IdempotencyKeyMalformed,
            errors.MediaTypeNotJson,
            errors.BodyEncoded,
            bodies.BodyTooLarge,
            bodies.NotJson,
        ]
        found += [bodies.NotAnObject, bodies.TooDeep, bodies.DuplicateName]
    if each.callers:
        found += [errors.WrongCaller, ApiKeyOfOtherMode]
    if each.path.startswith("/v1/"):
        found += [StorageBusy, OutcomeUnknown, KeyServiceDown]
        found += [] if each.path in FOR_EVERY_CLIENT else [UpdateRequired]
    if Customer in each.callers:
        found.append(SessionEnded)
    if MerchantCaller in each.callers:
        found += [ApiKeyRevoked, MerchantSuspended, ScopeMissing]
        found += [SignatureRequired, SignatureInvalid, SignatureReplayed]
    found += [NotFound] if _NAME.search(each.path) else []
    if each.idempotency == "required":
        found += [
            errors.IdempotencyKeyRequired,
            IdempotencyKeyReused,
            IdempotencyKeyInUse,
            OperationAbandoned,
            StaleAccount,
        ]
    return list(dict.fromkeys([*found, *each.errors]))
