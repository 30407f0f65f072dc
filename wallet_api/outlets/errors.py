"""How an outlet says no.

OutletClosed          nobody pays here any more
MerchantUnavailable   the merchant takes no payments now
"""

from __future__ import annotations

from wallet_api.errors import Declined


class OutletClosed(Declined):
    """The merchant has closed this outlet."""

    code = "outlet_closed"


class MerchantUnavailable(Declined):
    """The merchant may not take payments now; why is between it and the wallet."""

    code = "merchant_unavailable"
