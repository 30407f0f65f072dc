"""How a transfer is refused.

PayeeNotFound     nobody with a wallet answers to this phone, e-mail or id
TransferToSelf    payer and payee are one person
DelayUnavailable  delayed arrival is not offered
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Declined, Invalid, NotFound, Retry


class PayeeNotFound(NotFound):
    """Nobody with a wallet answers to this phone, e-mail or id."""

    code = "payee_not_found"
    retry: ClassVar[Retry] = "new_key"


class TransferToSelf(Declined):
    """Payer and payee are one person; two movements on one wallet would only look like something."""

    code = "transfer_to_self"


class DelayUnavailable(Invalid):
    """Delayed arrival was asked for and is not offered."""

    code = "delay_unavailable"
