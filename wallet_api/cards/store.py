"""The cards' items in the people table, under their person's partition.

Cards: sk = `card/{id}`. The chosen default: sk = `default_card`, one item, so that it cannot be two. One marker for each
number that the person bound: sk = `card_number/{keyed hash}`. Tries of the day are counted in the ephemeral table.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct

from wallet_api.cards.errors import CardMissing, CardNotActive
from wallet_api.cards.model import MAX_BINDINGS_A_DAY, MAX_CODE_ATTEMPTS, Card, CardBox, Status
from wallet_api.clock import wallet_day
from wallet_api.ledger.accounts import StaleAccount
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.items import Expiry, Moment, UnicodeAttribute, WholeNumber

CARD, NUMBER, CHOSEN, COUNT = "card/", "card_number/", "default_card", "count"


class CardItem(Item):
    """One card. It holds neither its number nor its holder's name or phone."""

    table = "people"

    id = UnicodeAttribute()
    person_id = UnicodeAttribute()
    token = UnicodeAttribute()
    number_key = UnicodeAttribute()
    brand = UnicodeAttribute()
    bank = UnicodeAttribute(null=True)
    kind = UnicodeAttribute()
    last4 = UnicodeAttribute()
    expiry_month = WholeNumber()
    expiry_year = WholeNumber()
    status = UnicodeAttribute()
    attempts = WholeNumber()
    created_at = Moment()
    code_expires_at = Moment()
    active_since = Moment(null=True)


class CardPointerItem(Item):
    """Names a card: the chosen default, or the one that has a number."""

    table = "people"

    card_id = UnicodeAttribute()


class BindingTriesItem(Item):
    """How many cards a person tried to bind in one day."""

    table = "ephemeral"

    tries = WholeNumber()
    expires_at = Expiry()


class CardStore(Struct, frozen=True):
    """Reads and writes cards."""

    storage: Storage
    items: type[CardItem]
    pointers: type[CardPointerItem]
    counters: type[BindingTriesItem]

    @staticmethod
    def open(storage: Storage) -> CardStore:
        """Binds the items to their tables."""
        return CardStore(storage, storage.bind(CardItem), storage.bind(CardPointerItem), storage.bind(BindingTriesItem))

    def box(self, person_id: str, trip: Trip) -> Read[CardBox]:
        """All cards of a person."""
        cards = trip.call(lambda: self.storage.query(self.items, person_id, prefix=CARD))
        chosen = trip.get(self.pointers, person_id, CHOSEN)

        def bring() -> CardBox:
            pointer = chosen()
            return CardBox(tuple(item.as_record(Card) for item in cards()), pointer.card_id if pointer else None)

        return Read(bring)

    def find(self, person_id: str, card_id: str, trip: Trip) -> Read[Card | None]:
        """One card of a person, or None."""
        return trip.get(self.items, person_id, CARD + card_id).map(_card)

    def count_try(self, person_id: str, now: datetime, trip: Trip) -> Read[bool]:
        """Counts one more binding today; False when the day's are used up."""
        items = self.counters
        item = items(f"card_bindings/{person_id}/{wallet_day(now)}", COUNT)
        actions = [items.tries.set((items.tries | 0) + 1), items.expires_at.set(now + timedelta(days=2))]
        condition = items.tries.does_not_exist() | (items.tries < MAX_BINDINGS_A_DAY)
        return trip.update(item, actions, condition).map(lambda counted: counted is not None)

    def add(self, card: Card, replaced: Card | None, write: AtomicWrite) -> None:
        """Adds a card with the marker of its number, in place of an unconfirmed one with that number."""
        marker = self.pointers(card.person_id, NUMBER + card.number_key, card_id=card.id)
        if replaced is None:
            write.put(marker, StaleAccount())
        else:
            write.replace(marker, (self.pointers.card_id == replaced.id, StaleAccount()))
            unconfirmed = self.items.status.is_in("verification_required", "verification_failed")
            write.delete(self._at(replaced), (unconfirmed, StaleAccount()))
        write.put(self.items.of(card, pk=card.person_id, sk=CARD + card.id), StaleAccount())

    def reserve_attempt(self, person_id: str, card_id: str, now: datetime, trip: Trip) -> Read[Card | None]:
        """Takes one attempt at the issuer's code and reads the card; None when there is no attempt to take."""
        items = self.items
        condition = (
            (items.status == "verification_required")
            & (items.attempts < MAX_CODE_ATTEMPTS)
            & (items.code_expires_at > now)
        )
        actions = [items.attempts.set(items.attempts + 1)]
        return trip.update(items(person_id, CARD + card_id), actions, condition).map(_card)

    def conclude(self, card: Card, status: Status, now: datetime, write: AtomicWrite) -> None:
        """Ends the verification of a card; StaleAccount when another request did."""
        items = self.items
        actions = [items.status.set(status)]
        if status == "active":
            actions.append(items.active_since.set(now))
        write.update(self._at(card), actions, (items.status == "verification_required", StaleAccount()))

    def require_active(self, card: Card, write: AtomicWrite) -> None:
        """Requires in a write that the card is still there and active."""
        items = self.items
        write.check(self._at(card), (items.pk.exists(), CardMissing()), (items.status == "active", CardNotActive()))

    def choose(self, card: Card, write: AtomicWrite) -> None:
        """Makes a card the chosen default."""
        write.replace(self.pointers(card.person_id, CHOSEN, card_id=card.id))

    def remove(self, card: Card, write: AtomicWrite) -> None:
        """Removes a card and the marker of its number."""
        write.delete(self._at(card), (self.items.pk.exists(), CardMissing()))
        write.delete(self.pointers(card.person_id, NUMBER + card.number_key))

    def _at(self, card: Card) -> CardItem:
        return self.items(card.person_id, CARD + card.id)


def _card(item: CardItem | None) -> Card | None:
    return None if item is None else item.as_record(Card)
