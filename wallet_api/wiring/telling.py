"""The part of the wiring diagram that is about telling merchants' servers what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wallet_api.wiring.ground import Ground
from wallet_api.wiring.merchants import MerchantSide
from wallet_api.wiring.part import Part

if TYPE_CHECKING:
    from wallet_api.deliveries.use_cases import Deliveries, Replays
    from wallet_api.webhooks.use_cases import Webhooks


class Telling(Part):
    """Whose servers are told what happened."""

    webhooks: Webhooks
    deliveries: Deliveries
    replays: Replays


def open_telling(ground: Ground, side: MerchantSide) -> Telling:
    """Makes every collaborator that tells merchants what happened."""
    from wallet_api.deliveries.use_cases import Deliveries, Replays
    from wallet_api.webhooks.use_cases import Webhooks

    storage, clock, callbacks, queue = ground.storage, ground.clock, ground.callbacks, ground.webhooks_queue
    webhooks = Webhooks.open(storage, clock, side.merchants, side.events, ground.cipher, callbacks)
    deliveries = Deliveries.open(storage, clock, side.events, webhooks, callbacks, queue, ground.metrics)
    replays = Replays.open(storage, clock, side.events, webhooks, deliveries, queue)
    return Telling(webhooks, deliveries, replays)
