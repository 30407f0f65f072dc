"""What can be done with merchants and their keys: a use case for each kind of thing, one file each."""

from __future__ import annotations

from wallet_api.merchants.use_cases.api_keys import ApiKeys
from wallet_api.merchants.use_cases.merchants import Merchants
from wallet_api.merchants.use_cases.signing_keys import SigningKeys

__all__ = ["ApiKeys", "Merchants", "SigningKeys"]
