"""What everything stands on: tables, keys, the ledger, and the outside companies."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from wallet_api.clock import Clock, SystemClock
from wallet_api.gateways.acquirer import Acquirer
from wallet_api.gateways.addresses import Rules
from wallet_api.gateways.bank import Bank, WireBank
from wallet_api.gateways.callbacks import Callbacks, HttpsCallbacks
from wallet_api.gateways.late_client import LateClient
from wallet_api.gateways.mail import Mail, SesMail
from wallet_api.gateways.push import Push, SnsPush
from wallet_api.gateways.queue import Queue, SqsQueue
from wallet_api.gateways.sandbox_acquirer import SandboxAcquirer
from wallet_api.gateways.sandbox_bank import SandboxBankWire
from wallet_api.gateways.screening import NoScreening, SandboxScreening, Screening
from wallet_api.gateways.sms import Sms, SnsSms
from wallet_api.ledger.ledger import Ledger
from wallet_api.logs import be_discreet
from wallet_api.metrics import EmbeddedMetrics, Metrics
from wallet_api.settings import Settings, SettingsIncomplete
from wallet_api.storage import Storage
from wallet_api.storage.connection import ATTEMPTS, client_config
from wallet_api.storage.crypto import FieldCipher
from wallet_api.storage.keys import Keys
from wallet_api.wiring.part import Part


class Ground(Part):
    """What everything stands on: tables, keys, the ledger, and the outside companies.

    What `once` is asked is asked a single time: a text that is sent again after a lost answer is a second text.
    """

    settings: Settings
    clock: Clock
    keys: Keys
    storage: Storage
    ledger: Ledger
    cipher: FieldCipher
    sms: Sms
    mail: Mail
    sms_once: Sms
    mail_once: Mail
    push: Push
    acquirer: Acquirer
    bank: Bank
    screening: Screening
    metrics: Metrics
    callbacks: Callbacks
    webhooks_queue: Queue
    confirmations_queue: Queue


def open_ground(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    acquirer: Acquirer | None = None,
    bank: Bank | None = None,
    screening: Screening | None = None,
    sms: Sms | None = None,
    mail: Mail | None = None,
    push: Push | None = None,
    metrics: Metrics | None = None,
    callbacks: Callbacks | None = None,
) -> Ground:
    """Opens the tables and keys that the settings name. What is not handed in is the cloud's own."""
    from botocore.session import get_session

    be_discreet()
    settings = settings or Settings.from_environment()
    clock = clock or SystemClock()
    session = get_session()
    storage = Storage(session, settings, clock)
    keys = _keys(session, settings)
    sns, sqs = _late_client(session, "sns", settings), _late_client(session, "sqs", settings)
    sns_once, ses_once = (_late_client(session, each, settings, attempts=1) for each in ("sns", "sesv2"))
    taken_sms = sms or SnsSms(sns)
    return Ground(
        settings=settings,
        clock=clock,
        keys=keys,
        storage=storage,
        ledger=Ledger.open(storage, clock),
        cipher=FieldCipher(_late_client(session, "kms", settings), settings.field_key, clock),
        sms=taken_sms,
        mail=mail or SesMail(_late_client(session, "sesv2", settings), settings.mail_sender),
        sms_once=sms or SnsSms(sns_once),
        mail_once=mail or SesMail(ses_once, settings.mail_sender),
        push=push or SnsPush(sns, settings.push_applications),
        acquirer=acquirer or _acquirer(settings, keys, clock, taken_sms),
        bank=bank or _bank(settings, clock),
        screening=screening or (NoScreening() if settings.mode == "live" else SandboxScreening(clock)),
        metrics=metrics or EmbeddedMetrics(settings.stage, clock),
        callbacks=callbacks or HttpsCallbacks(Rules(own_hosts=(urlsplit(settings.public_url).hostname or "",))),
        webhooks_queue=SqsQueue(sqs, settings.webhooks_queue),
        confirmations_queue=SqsQueue(sqs, settings.confirmations_queue),
    )


def _late_client(session: Any, service: str, settings: Settings, *, attempts: int = ATTEMPTS) -> Any:
    return LateClient(lambda: _client(session, service, settings, attempts=attempts))


def _client(session: Any, service: str, settings: Settings, *, attempts: int = ATTEMPTS) -> Any:
    return session.create_client(service, region_name=settings.region, config=client_config(attempts))


def _acquirer(settings: Settings, keys: Keys, clock: Clock, sms: Sms) -> Acquirer:
    """The sandbox in test mode. Raises SettingsIncomplete in live mode, where an acquirer has to be handed in."""
    if settings.mode == "live":
        raise SettingsIncomplete("a live wallet has no card acquirer yet: hand one to open_wallet")
    return SandboxAcquirer(keys, clock, sms)


def _bank(settings: Settings, clock: Clock) -> Bank:
    """The sandbox in test mode. Raises SettingsIncomplete in live mode, where a bank has to be handed in."""
    if settings.mode == "live":
        raise SettingsIncomplete("a live wallet has no bank to pay merchants out yet: hand one to open_wallet")
    return WireBank(SandboxBankWire(clock))


def _keys(session: Any, settings: Settings) -> Keys:
    """The master secrets, read once while the function starts."""
    store = _client(session, "secretsmanager", settings)
    return Keys.from_text(store.get_secret_value(SecretId=settings.keys_secret)["SecretString"])
