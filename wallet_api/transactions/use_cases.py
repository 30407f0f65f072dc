"""What a person can do with their history: page through it, search it, open one movement and see its story."""

from __future__ import annotations

import logging
import re
from collections.abc import Collection, Iterable, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.errors import FieldProblem, Invalid, NotFound, Unavailable
from wallet_api.ids import first_id
from wallet_api.ledger import chart
from wallet_api.ledger.lines import Line
from wallet_api.ledger.statements import Statements, place_of
from wallet_api.merchants.use_cases import Merchants
from wallet_api.payments.use_cases import Payments
from wallet_api.people.model import Person
from wallet_api.people.use_cases import People
from wallet_api.refund_requests.use_cases import RefundRequests
from wallet_api.refunds.use_cases import Refunds
from wallet_api.sessions.model import Customer
from wallet_api.sessions.use_cases import Sessions
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.pages import Page, PageRequest, page_of
from wallet_api.storage.trips import known
from wallet_api.top_ups.model import TopUp
from wallet_api.top_ups.use_cases import TopUps
from wallet_api.transactions.model import (
    Counterparty,
    Row,
    Transaction,
    Wanted,
    kind_of_line,
    merchant_of,
    merged,
    of_line,
    of_payment,
    of_refund,
    of_top_up,
    of_transfer,
    of_unmoved,
    of_withdrawal,
    person_of,
    story_of_payment,
)
from wallet_api.transfers.model import story_of_transfer
from wallet_api.transfers.use_cases import Transfers
from wallet_api.withdrawals.use_cases import Withdrawals

WINDOW = 100
"""How many lines a filtered page looks at: a request's work is bounded, and its cursor goes on from there."""
LINES_A_TRIP = 50
"""A line names at most two records beside itself, and a trip reads a hundred."""

_PLACE = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}/(?:[A-Z]{3})?", re.ASCII)
logger = logging.getLogger(__name__)


class Transactions(Struct, frozen=True):
    """The histories, read from the ledger's statements and the records they name."""

    storage: Storage
    statements: Statements
    sessions: Sessions
    people: People
    merchants: Merchants
    payments: Payments
    refunds: Refunds
    refund_requests: RefundRequests
    transfers: Transfers
    top_ups: TopUps
    withdrawals: Withdrawals

    def newest(self, caller: Customer, wanted: Wanted, page: PageRequest) -> Page[Transaction]:
        """The caller's transactions, newest first. A filtered page may hold fewer than asked for and have a next one."""
        before = page.place()
        if before is not None and not _PLACE.fullmatch(before):
            raise Invalid(FieldProblem("cursor", "cursor_not_ours"))
        limit = WINDOW if wanted.filters else page.limit
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.statements.newest(
                chart.customer(caller.id),
                trip,
                since=wanted.since,
                until=wanted.until,
                before=before,
                limit=limit + 1,
            )
            top_ups = self._top_ups(caller, trip, wanted, before, limit + 1)
        session()
        rows, more = merged(found(), top_ups(), limit, wanted.since)
        candidates = [row for row in rows if wanted.admits(row)]
        told = self._told(candidates if wanted.text else candidates[: page.limit])

        def keep(row: Row) -> bool:
            return row.place in told and wanted.matches(told[row.place])

        kept = page_of(rows, page, place=lambda row: row.place, more=more, keep=keep)
        return Page(tuple(told[row.place] for row in kept.rows), kept.next_cursor)

    def get(self, caller: Customer, entry_id: str) -> Transaction:
        """One of the caller's transactions with its timeline. Raises NotFound."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.statements.find(chart.customer(caller.id), entry_id, trip)
        session()
        line = found()
        if line is None:
            raise NotFound
        place = place_of(line)
        return self._with_story(self._told([Row(place, line.kind, line=line)])[place])

    def get_top_up(self, caller: Customer, top_up_id: str) -> Transaction:
        """A top-up that has moved nothing yet, as a row of the history names it. Raises NotFound."""
        with self.storage.trip() as trip:
            session = self.sessions.live(caller, trip)
            found = self.top_ups.reading(top_up_id, trip)
        session()
        top_up = found()
        if top_up is None or top_up.person_id != caller.id:
            raise NotFound
        return of_unmoved(top_up)

    def _top_ups(
        self, caller: Customer, trip: Trip, wanted: Wanted, before: str | None, limit: int
    ) -> Read[tuple[TopUp, ...]]:
        """The caller's top-ups down from the same place as the lines, for those that have no line."""
        if not wanted.top_ups:
            return known(())
        bounds = [] if before is None else [f"top_{before.partition('/')[0]}"]
        if wanted.until is not None:
            bounds.append(first_id("top", wanted.until))
        return self.top_ups.recent(caller.id, trip, before=min(bounds, default=None), limit=limit)

    def _told(self, rows: Sequence[Row]) -> dict[str, Transaction]:
        """Each row as its owner reads it, by its place."""
        told = {row.place: of_unmoved(row.top_up) for row in rows if row.top_up is not None}
        people: dict[str, Person | None] = {}
        lines = [row.line for row in rows if row.line is not None]
        for start in range(0, len(lines), LINES_A_TRIP):
            part = lines[start : start + LINES_A_TRIP]
            with self.storage.trip() as trip:
                readings = [(place_of(line), self._telling(line, trip)) for line in part]
                sides = {side: self.people.find(side, trip) for side in map(person_of, part) if side}
            found = {place: row() for place, row in readings}
            people.update({side: read() for side, read in sides.items()})
            people.update(self._people(found.values(), people.keys()))
            told.update(found)
        names = self._names([person for person in people.values() if person is not None])
        return {place: _named(transaction, names) for place, transaction in told.items()}

    def _telling(self, line: Line, trip: Trip) -> Read[Transaction]:
        base = of_line(line)
        kind = kind_of_line(line)
        if line.subject.startswith("trf_"):
            viewer = chart.owner_of(line.account) or ""
            transfer = self.transfers.reading(line.subject, trip)
            return transfer.map(lambda found: of_transfer(base, found, viewer))
        if kind in ("payment", "release"):
            now = self.payments.clock.now()
            paid = self.payments.reading(line.subject, trip)
            return paid.map(lambda payment: of_payment(base, None if payment is None else payment.at(now)))
        if kind == "refund":
            refund = self.refunds.reading(line.subject, trip)
            merchant_id = merchant_of(line)
            merchant = self.merchants.reading(merchant_id, trip) if merchant_id else known(None)
            return refund.map(lambda found: of_refund(base, found, merchant()))
        if line.subject.startswith("wdr_"):
            now = self.payments.clock.now()
            return self.withdrawals.reading(line.subject, trip).map(lambda found: of_withdrawal(base, found, now))
        if kind in ("top_up", "correction"):
            return self.top_ups.reading(line.subject, trip).map(lambda found: of_top_up(base, found))
        return known(base)

    def _with_story(self, transaction: Transaction) -> Transaction:
        if transaction.payment_id is not None:
            with self.storage.trip() as trip:
                reading = self.payments.reading(transaction.payment_id, trip)
                slot = self.refund_requests.of_payment(transaction.payment_id, trip)
            found_now = reading()
            if found_now is None:
                return transaction
            now = self.payments.clock.now()
            payment = found_now.at(now)
            with self.storage.trip() as trip:
                refunds = [self.refunds.reading(each, trip) for each in payment.refunds]
            found = [refund for refund in (read() for read in refunds) if refund is not None]
            requests = self.refund_requests.of_ids(slot().requests)
            story = story_of_payment(payment, found, requests, now)
            return replace(transaction, order_id=payment.order.order_id, timeline=story)
        if transaction.subject.startswith("trf_") and transaction.status == "scheduled":
            # Its payer looks: what was stopped, or should have arrived, is not told as what they still wait for.
            transfer = self.transfers.as_it_stands(self.transfers.require(transaction.subject))
            story = story_of_transfer(transfer, transfer.payer_id)
            return replace(transaction, status=transfer.status, timeline=story)
        return transaction

    def _people(self, told: Iterable[Transaction], known_already: Collection[str]) -> dict[str, Person | None]:
        """The people on other sides whom only the records name."""
        sides = {each.counterparty.id for each in told if each.counterparty and each.counterparty.kind == "person"}
        missing = sorted(side for side in sides if side is not None and side not in known_already)
        if not missing:
            return {}
        with self.storage.trip() as trip:
            reads = {side: self.people.find(side, trip) for side in missing}
        return {side: read() for side, read in reads.items()}

    def _names(self, people: Sequence[Person]) -> dict[str, str | None]:
        """What each person may be called towards another: their own choice of a name, else a masked contact."""
        with self.storage.trip() as trip:
            names = {person.id: trip.call(partial(self._name, person)) for person in people}
        return {person_id: name() for person_id, name in names.items()}

    def _name(self, person: Person) -> str | None:
        try:
            chosen = self.people.unseal(person, "display_name", person.display_name_sealed)
            return chosen or self.people.contact_of(person).masked(person.channels[0])
        except Unavailable:
            # The history of one's money is shown also while the key service is away; a name can wait.
            logger.warning("a name is left out", extra={"person_id": person.id})
            return None


def _named(transaction: Transaction, names: dict[str, str | None]) -> Transaction:
    side = transaction.counterparty
    if side is None or side.kind != "person" or side.id is None:
        return transaction
    return replace(transaction, counterparty=Counterparty("person", side.id, names.get(side.id)))
