"""What a merchant is, and the keys that its servers call with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MerchantCaller:
    """A merchant's server that presented a key of ours: its tag was checked, the key's record not yet."""

    id: str
    key_id: str
    key_hash: str
    mode: str
