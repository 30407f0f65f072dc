"""The part of the wiring diagram that is about telling people what happened to their money, where they want to be told."""

from __future__ import annotations

from wallet_api.confirmations.use_cases import Choosing, Dispatching, Phones, Sending, Sides
from wallet_api.events.use_cases import Events
from wallet_api.wiring.ground import Ground
from wallet_api.wiring.identity import Identity
from wallet_api.wiring.part import Part


class Confirming(Part):
    """What people chose, their phones, and confirmations from the stream to the message companies."""

    confirmation_choices: Choosing
    phones: Phones
    confirmation_dispatch: Dispatching
    confirmations: Sending


def open_confirming(ground: Ground, identity: Identity, events: Events, sides: Sides) -> Confirming:
    """Makes every collaborator that confirms movements to people."""
    storage, clock = ground.storage, ground.clock
    people, sessions = identity.people, identity.sessions
    phones = Phones.open(storage, clock, people, sessions, ground.push)
    return Confirming(
        confirmation_choices=Choosing.open(storage, clock, sessions, identity.notifications),
        phones=phones,
        confirmation_dispatch=Dispatching.open(storage, clock, events, ground.confirmations_queue, ground.metrics),
        confirmations=Sending.open(
            storage, clock, people, phones, sides, identity.rate_limits, ground.sms_once, ground.mail_once
        ),
    )
