"""How operations say no.

OperationUnknown   nothing was decided under this key of the caller's, and nothing is under way
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import NotFound, Retry


class OperationUnknown(NotFound):
    """Nothing was decided under this key and nothing is under way. A request under it may still arrive."""

    code = "operation_unknown"
    retry: ClassVar[Retry] = "same_key"
