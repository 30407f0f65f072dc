"""What a session is, and the tokens that name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Customer:
    """A person who presented a token of ours: its tag and expiry were checked, its session not yet."""

    id: str
    session_id: str
    token_hash: str
