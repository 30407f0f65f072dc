"""How rate limits say no.

RateLimited   the share of this source, or of this session, is used up for now
"""

from __future__ import annotations

from wallet_api.errors import TooMany


class RateLimited(TooMany):
    """The caller's share is used up; `limit` names it, `retry_after_seconds` says when the next one begins."""

    code = "rate_limited"
