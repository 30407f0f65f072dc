"""What is done with deliveries: made from events, carried out, tried again, shown, and made anew when somebody asks."""

from __future__ import annotations

from wallet_api.deliveries.use_cases.deliveries import Deliveries
from wallet_api.deliveries.use_cases.replays import Replays, Span

__all__ = ["Deliveries", "Replays", "Span"]
