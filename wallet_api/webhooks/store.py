"""The endpoints' items, in the records table: all of one merchant in one partition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from pynamodb.attributes import BinaryAttribute

from wallet_api.errors import NotFound
from wallet_api.storage import AtomicWrite, Item, Read, Storage, Trip
from wallet_api.storage.errors import StorageFault
from wallet_api.storage.items import Document, Moment, UnicodeAttribute, WholeNumber
from wallet_api.webhooks.errors import ClaimedElsewhere
from wallet_api.webhooks.model import MAX_ENDPOINTS, Endpoint, Reason, Secret


class EndpointItem(Item):
    """pk = `{merchant id}/webhooks`, sk = endpoint id."""

    table = "records"

    merchant_id = UnicodeAttribute()
    slot = WholeNumber()
    url = UnicodeAttribute()
    event_types = Document()
    description = UnicodeAttribute()
    status = UnicodeAttribute()
    created_at = Moment()
    wrapped_key = BinaryAttribute(legacy_encoding=False)
    secrets = Document()
    reason = UnicodeAttribute(null=True)
    disabled_at = Moment(null=True)
    failing_since = Moment(null=True)

    def endpoint(self) -> Endpoint:
        """The item as the wallet speaks of it."""
        return self.as_record(
            Endpoint,
            id=self.sk,
            event_types=tuple(self.event_types),
            secrets=tuple(_secret(each) for each in self.secrets),
        )


class SlotItem(Item):
    """pk = `{merchant id}/webhooks`, sk = `slot/{number}`: that this place is taken. There are no more than these."""

    table = "records"

    endpoint_id = UnicodeAttribute()


class EndpointStore(Struct, frozen=True):
    """Adds, finds and changes endpoints."""

    storage: Storage
    items: type[EndpointItem]
    slots: type[SlotItem]

    @staticmethod
    def open(storage: Storage) -> EndpointStore:
        """Binds the items to their table."""
        return EndpointStore(storage, storage.bind(EndpointItem), storage.bind(SlotItem))

    def add(self, endpoint: Endpoint, write: AtomicWrite) -> None:
        """Adds an endpoint; the write fails with ClaimedElsewhere when its slot is taken."""
        slot = self.slots(_home(endpoint.merchant_id), f"slot/{endpoint.slot}", endpoint_id=endpoint.id)
        write.put(slot, ClaimedElsewhere())
        secrets = [_secret_document(each) for each in endpoint.secrets]
        item = self.items.of(
            endpoint, pk=_home(endpoint.merchant_id), sk=endpoint.id, event_types=list(endpoint.event_types),
            secrets=secrets,
        )  # fmt: skip
        write.put(item, StorageFault("a fresh id is taken"))

    def remove(self, endpoint: Endpoint, write: AtomicWrite) -> None:
        """Removes an endpoint and frees its slot."""
        home = _home(endpoint.merchant_id)
        write.delete(self.items(home, endpoint.id), (self.items.pk.exists(), NotFound()))
        write.delete(self.slots(home, f"slot/{endpoint.slot}"))

    def find(self, merchant_id: str, endpoint_id: str, trip: Trip) -> Read[Endpoint | None]:
        """An endpoint of a merchant, or None."""
        found = trip.get(self.items, _home(merchant_id), endpoint_id)
        return found.map(lambda item: None if item is None else item.endpoint())

    def of_merchant(self, merchant_id: str, trip: Trip) -> Read[list[Endpoint]]:
        """All endpoints of a merchant, oldest first; there are few."""
        found = trip.call(
            lambda: self.storage.query(self.items, _home(merchant_id), prefix="whk_", limit=2 * MAX_ENDPOINTS)
        )
        return found.map(lambda items: [item.endpoint() for item in items])

    def everywhere(self) -> Iterator[Endpoint]:
        """Every endpoint there is, page by page. For an operator's jobs, never on a request's path."""
        for raw in self.storage.scan(self.items):
            if raw["sk"]["S"].startswith("whk_"):
                yield self.items.from_raw_data(raw).endpoint()

    def set_key(self, endpoint: Endpoint, wrapped_key: bytes, write: AtomicWrite) -> None:
        """Replaces the wrapped key that was seen; fails with ClaimedElsewhere when there is another, or none, by now."""
        seen = (self.items.wrapped_key == endpoint.wrapped_key, ClaimedElsewhere())
        write.update(self._bare(endpoint), [self.items.wrapped_key.set(wrapped_key)], seen)

    def change(self, endpoint: Endpoint, write: AtomicWrite) -> None:
        """Writes what its merchant decides: address, types, words, status. Raises NotFound when it is gone."""
        items = self.items
        actions = [
            items.url.set(endpoint.url),
            items.event_types.set(list(endpoint.event_types)),
            items.description.set(endpoint.description),
            items.status.set(endpoint.status),
            items.reason.set(endpoint.reason) if endpoint.reason else items.reason.remove(),
            items.disabled_at.set(endpoint.disabled_at) if endpoint.disabled_at else items.disabled_at.remove(),
        ]
        if endpoint.failing_since is None:
            actions.append(items.failing_since.remove())
        write.update(self._bare(endpoint), actions, (items.pk.exists(), NotFound()))

    def set_secrets(self, endpoint: Endpoint, secrets: Sequence[Secret], write: AtomicWrite) -> None:
        """Replaces the secrets that were seen; fails with ClaimedElsewhere when there are others by now."""
        items = self.items
        seen = items.secrets == [_secret_document(each) for each in endpoint.secrets]
        action = items.secrets.set([_secret_document(each) for each in secrets])
        write.update(self._bare(endpoint), [action], (seen, ClaimedElsewhere()))

    def note_failing(self, endpoint: Endpoint, since: datetime | None, write: AtomicWrite) -> None:
        """Remembers since when nothing is taken, or that something was; as it was seen, or not at all."""
        items = self.items
        if since is None:
            write.update(
                self._bare(endpoint), [items.failing_since.remove()], (items.failing_since.exists(), ClaimedElsewhere())
            )
        else:
            unknown = items.failing_since.does_not_exist() & items.pk.exists()
            write.update(self._bare(endpoint), [items.failing_since.set(since)], (unknown, ClaimedElsewhere()))

    def disable(self, endpoint: Endpoint, reason: Reason, now: datetime, write: AtomicWrite) -> None:
        """Ends sending to an endpoint; fails with ClaimedElsewhere when that is done already."""
        items = self.items
        actions = [items.status.set("disabled"), items.reason.set(reason), items.disabled_at.set(now)]
        write.update(self._bare(endpoint), actions, (items.status == "enabled", ClaimedElsewhere()))

    def _bare(self, endpoint: Endpoint) -> EndpointItem:
        return self.items(_home(endpoint.merchant_id), endpoint.id)


def _home(merchant_id: str) -> str:
    return f"{merchant_id}/webhooks"


def _secret_document(secret: Secret) -> dict[str, Any]:
    return {
        "id": secret.id,
        "sealed": secret.sealed,
        "created_at": secret.created_at.isoformat(),
        "expires_at": secret.expires_at and secret.expires_at.isoformat(),
    }


def _secret(document: dict[str, Any]) -> Secret:
    expires_at = document["expires_at"]
    return Secret(
        document["id"],
        document["sealed"],
        datetime.fromisoformat(document["created_at"]),
        expires_at and datetime.fromisoformat(expires_at),
    )
