"""What can be done with merchants: a use case for each kind of thing, one file each."""

from __future__ import annotations

from wallet_api.merchants.use_cases.merchants import Merchants

__all__ = ["Merchants"]
