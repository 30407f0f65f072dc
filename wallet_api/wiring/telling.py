"""The part of the wiring diagram that is about telling what happened: events, what is sent to merchants' servers, what people read."""

from __future__ import annotations

from wallet_api.deliveries.use_cases import Deliveries, Replays
from wallet_api.events.store import EventStore
from wallet_api.events.use_cases import Events
from wallet_api.inbox.use_cases import Inbox
from wallet_api.merchants.use_cases import Merchants
from wallet_api.sessions.use_cases import Sessions
from wallet_api.webhooks.use_cases import Webhooks
from wallet_api.wiring.ground import Ground
from wallet_api.wiring.part import Part


class Telling(Part):
    """What happened, and who is told."""

    events: Events
    webhooks: Webhooks
    deliveries: Deliveries
    replays: Replays
    inbox: Inbox


def open_telling(ground: Ground, sessions: Sessions, merchants: Merchants) -> Telling:
    """Makes every collaborator that tells what happened."""
    storage, clock, callbacks, queue = ground.storage, ground.clock, ground.callbacks, ground.webhooks_queue
    events = Events(storage, ground.ledger, sessions, merchants, EventStore.open(storage))
    webhooks = Webhooks.open(storage, clock, merchants, events, ground.cipher, callbacks)
    deliveries = Deliveries.open(storage, clock, events, webhooks, callbacks, queue, ground.metrics)
    replays = Replays.open(storage, clock, events, webhooks, deliveries, queue)
    return Telling(events, webhooks, deliveries, replays, Inbox.open(storage, events))
