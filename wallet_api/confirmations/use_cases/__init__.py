"""What is done with confirmations: people choose, phones are made known, events are sent on their way, workers send them."""

from __future__ import annotations

from wallet_api.confirmations.use_cases.choosing import Choosing, Chosen
from wallet_api.confirmations.use_cases.dispatching import Dispatching
from wallet_api.confirmations.use_cases.phones import Phones
from wallet_api.confirmations.use_cases.sending import Sending

__all__ = ["Choosing", "Chosen", "Dispatching", "Phones", "Sending"]
