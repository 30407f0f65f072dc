"""What is asked under an Idempotency-Key, as a keyed hash: two requests that ask the same have the same one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from wallet_api.wallet import Wallet

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def fingerprint_of(wallet: Wallet, method: str, path: str, document: Mapping[str, Any]) -> str:
    """A keyed hash of what is asked, without the person's proof: that may be typed anew, or another code be shown, under the
    same key. That a code was shown at all is part of what is asked.
    """
    asked = {name: value for name, value in document.items() if name != "authorization"}
    if asked.get("payment_code") is not None:
        asked["payment_code"] = "shown"
    canonical = _canonical(asked)
    return wallet.keys.hex_digest("fingerprint", method, path, canonical, version=1)[:32]
