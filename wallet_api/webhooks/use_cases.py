"""What a merchant does with its webhook endpoints, and how the worker that sends to them finds and ends them."""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wallet_api.clock import Clock
from wallet_api.errors import FieldProblem, Invalid, NotFound
from wallet_api.events.errors import EventKnown
from wallet_api.events.model import made_event
from wallet_api.events.use_cases import Events
from wallet_api.gateways.callbacks import Callbacks
from wallet_api.ids import new_id
from wallet_api.merchants.model import MerchantCaller
from wallet_api.merchants.use_cases import Merchants
from wallet_api.storage import Read, Storage, Trip
from wallet_api.storage.crypto import FieldCipher
from wallet_api.storage.pages import Page, PageRequest, cursor_at
from wallet_api.webhooks.errors import ClaimedElsewhere, TooManyWebhookEndpoints, WebhookSecretsRolling
from wallet_api.webhooks.model import (
    DISABLED,
    MAX_ENDPOINTS,
    MAX_SECRETS,
    SECRET_BYTES,
    Endpoint,
    EndpointStatus,
    Reason,
    Secret,
    require_event_types,
    secret_text,
)
from wallet_api.webhooks.store import EndpointStore


class Wish(Struct, frozen=True):
    """What a merchant wants of an endpoint; None leaves a thing as it is."""

    url: str | None = None
    event_types: tuple[str, ...] | None = None
    description: str | None = None
    status: EndpointStatus | None = None


class Webhooks(Struct, frozen=True):
    """The endpoints of every merchant."""

    storage: Storage
    clock: Clock
    merchants: Merchants
    events: Events
    cipher: FieldCipher
    callbacks: Callbacks
    store: EndpointStore

    @staticmethod
    def open(
        storage: Storage, clock: Clock, merchants: Merchants, events: Events, cipher: FieldCipher, callbacks: Callbacks
    ) -> Webhooks:
        """Binds the endpoints' items to their table."""
        return Webhooks(storage, clock, merchants, events, cipher, callbacks, EndpointStore.open(storage))

    def create(self, caller: MerchantCaller, wish: Wish) -> tuple[Endpoint, str]:
        """A new endpoint, and its secret, which is shown this once.

        Raises Invalid for an address that nobody may call or a type that there is not, TooManyWebhookEndpoints.
        """
        url, event_types = self._wished(wish.url or "", wish.event_types or ("*",))
        while True:
            known, now = self.all(caller), self.clock.now()
            slot = _free_slot(known)
            endpoint_id = new_id("whk", now)
            wrapped_key = self.cipher.new_key(endpoint_id)
            text, secret = self._new_secret(endpoint_id, wrapped_key, now)
            endpoint = Endpoint(
                endpoint_id, caller.id, slot, url, event_types, wish.description or "", "enabled", now, wrapped_key,
                (secret,),
            )  # fmt: skip
            try:
                with self.storage.atomic_write() as write:
                    self.store.add(endpoint, write)
            except ClaimedElsewhere:
                continue  # This ends: each turn means that another endpoint took a place, and there are few.
            return endpoint, text

    def all(self, caller: MerchantCaller) -> list[Endpoint]:
        """The merchant's endpoints, oldest first."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            found = self.store.of_merchant(caller.id, trip)
        authorized()
        return found()

    def page(self, caller: MerchantCaller, request: PageRequest) -> Page[Endpoint]:
        """A page of them, oldest first. Raises Invalid for a cursor of another list."""
        after = request.place_of("whk")
        rest = [each for each in self.all(caller) if after is None or each.id > after]
        shown = tuple(rest[: request.limit])
        return Page(shown, cursor_at(shown[-1].id) if len(rest) > request.limit else None)

    def get(self, caller: MerchantCaller, endpoint_id: str) -> Endpoint:
        """One of the merchant's endpoints. Raises NotFound."""
        with self.storage.trip() as trip:
            authorized = self.merchants.authorized(caller, trip)
            found = self.store.find(caller.id, endpoint_id, trip)
        authorized()
        endpoint = found()
        if endpoint is None:
            raise NotFound
        return endpoint

    def change(self, caller: MerchantCaller, endpoint_id: str, wish: Wish) -> Endpoint:
        """Another address, other types, off or on again. Raises NotFound, Invalid."""
        endpoint, now = self.get(caller, endpoint_id), self.clock.now()
        status = wish.status or endpoint.status
        changed = replace(
            endpoint,
            url=endpoint.url if wish.url is None else self._url(wish.url),
            event_types=endpoint.event_types if wish.event_types is None else require_event_types(wish.event_types),
            description=endpoint.description if wish.description is None else wish.description,
            status=status,
        )
        if status == "enabled":
            fresh = wish.url is not None or endpoint.status == "disabled"
            since = None if fresh else endpoint.failing_since
            changed = replace(changed, reason=None, disabled_at=None, failing_since=since)
        elif endpoint.status == "enabled":
            changed = replace(changed, reason="by_merchant", disabled_at=now)
        with self.storage.atomic_write() as write:
            self.store.change(changed, write)
        return changed

    def remove(self, caller: MerchantCaller, endpoint_id: str) -> None:
        """Ends an endpoint with its secrets; what is on its way to it is given up. Raises NotFound."""
        endpoint = self.get(caller, endpoint_id)
        with self.storage.atomic_write() as write:
            self.store.remove(endpoint, write)

    def roll_secret(self, caller: MerchantCaller, endpoint_id: str, overlap: timedelta) -> tuple[Endpoint, str]:
        """A new secret, shown this once; those before sign beside it until the overlap is over.

        Raises NotFound, WebhookSecretsRolling.
        """
        while True:
            endpoint, now = self.get(caller, endpoint_id), self.clock.now()
            before = [_ending(each, now + overlap) for each in endpoint.valid_secrets(now)]
            kept = [each for each in before if each.expires_at is None or each.expires_at > now]
            if len(kept) >= MAX_SECRETS:
                raise WebhookSecretsRolling(limit=MAX_SECRETS)
            text, secret = self._new_secret(endpoint.id, endpoint.wrapped_key, now)
            rolled = replace(endpoint, secrets=(secret, *kept))
            try:
                with self.storage.atomic_write() as write:
                    self.store.set_secrets(endpoint, rolled.secrets, write)
            except ClaimedElsewhere:
                continue  # Another roll came first; each adds a secret, and there are at most three.
            return rolled, text

    def reading(self, merchant_id: str, endpoint_id: str, trip: Trip) -> Read[Endpoint | None]:
        """An endpoint as part of another capability's trip: whoever asks has to know that the caller may see it."""
        return self.store.find(merchant_id, endpoint_id, trip)

    def of_merchant(self, merchant_id: str, trip: Trip) -> Read[list[Endpoint]]:
        """All endpoints of a merchant as part of another capability's trip."""
        return self.store.of_merchant(merchant_id, trip)

    def signing(self, endpoint: Endpoint, now: datetime) -> list[bytes]:
        """The secrets that sign now, newest first. Raises KeyServiceDown, SealBroken."""
        return [
            b64decode(self.cipher.open(endpoint.id, endpoint.wrapped_key, each.id, b64decode(each.sealed)))
            for each in endpoint.valid_secrets(now)
        ]

    def took(self, endpoint: Endpoint) -> None:
        """Notes that something was taken after failures."""
        self._note_failing(endpoint, None)

    def failed(self, endpoint: Endpoint, now: datetime) -> None:
        """Notes since when nothing is taken."""
        self._note_failing(endpoint, now)

    def disable(self, endpoint: Endpoint, reason: Reason, now: datetime) -> None:
        """Ends sending to an endpoint, and tells its merchant by an event. Doing it twice changes and tells nothing."""
        data: dict[str, Any] = {
            "id": endpoint.id, "object": "webhook_endpoint", "status": "disabled", "reason": reason,
        }  # fmt: skip
        event = made_event(DISABLED, endpoint.merchant_id, data, now, reason)
        try:
            with self.storage.atomic_write() as write:
                self.store.disable(endpoint, reason, now, write)
                self.events.tell(event, write)
        except (ClaimedElsewhere, EventKnown):
            return

    def everywhere(self) -> Iterator[Endpoint]:
        """Every endpoint there is. For an operator's jobs, never on a request's path."""
        return self.store.everywhere()

    def rewrap(self, endpoint: Endpoint, *, again: bool = False) -> bool:
        """Has an endpoint's data key wrapped under the present KMS key; whether there was anything to do. Its secrets stay.

        Raises KeyServiceDown, SealBroken.
        """
        wrapped = self.cipher.rewrapped(endpoint.id, endpoint.wrapped_key, again=again)
        if wrapped is None:
            return False
        with suppress(ClaimedElsewhere), self.storage.atomic_write() as write:
            self.store.set_key(endpoint, wrapped, write)
        return True

    def _note_failing(self, endpoint: Endpoint, since: datetime | None) -> None:
        try:
            with self.storage.atomic_write() as write:
                self.store.note_failing(endpoint, since, write)
        except ClaimedElsewhere:
            return

    def _wished(self, url: str, event_types: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
        """An address and types that there are. Raises Invalid with whatever is wrong with either."""
        try:
            self._url(url)
        except Invalid as wrong_url:
            try:
                require_event_types(event_types)
            except Invalid as wrong_types:
                raise Invalid(*wrong_url.problems, *wrong_types.problems) from None
            raise
        return url, require_event_types(event_types)

    def _url(self, url: str) -> str:
        if not self.callbacks.acceptable(url):
            raise Invalid(FieldProblem("/url", "address_not_public"))
        return url

    def _new_secret(self, endpoint_id: str, wrapped_key: bytes, now: datetime) -> tuple[str, Secret]:
        secret_id, secret = new_id("sec", now), secrets.token_bytes(SECRET_BYTES)
        sealed = self.cipher.seal(endpoint_id, wrapped_key, secret_id, b64encode(secret).decode())
        return secret_text(secret), Secret(secret_id, b64encode(sealed).decode(), now)


def _free_slot(known: Sequence[Endpoint]) -> int:
    """Raises TooManyWebhookEndpoints."""
    taken = {each.slot for each in known}
    free = next((number for number in range(MAX_ENDPOINTS) if number not in taken), None)
    if free is None:
        raise TooManyWebhookEndpoints(limit=MAX_ENDPOINTS)
    return free


def _ending(secret: Secret, at: datetime) -> Secret:
    """A secret that runs out at this time, or sooner when it does anyway."""
    return secret if secret.expires_at is not None and secret.expires_at <= at else replace(secret, expires_at=at)
