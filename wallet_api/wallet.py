"""The wiring diagram: every collaborator of the wallet, made once and handed to those who use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wallet_api.attempts.use_cases import Attempts
from wallet_api.authorizations.use_cases import Authorizations, Challenges, DeviceKeys, PaymentPins, PinResets
from wallet_api.cards.use_cases import Cards
from wallet_api.clients.use_cases import Clients
from wallet_api.clock import Clock, SystemClock
from wallet_api.contact_changes.use_cases import ContactChanges
from wallet_api.devices.use_cases import Devices
from wallet_api.events.store import EventStore
from wallet_api.events.use_cases import Events
from wallet_api.fees.use_cases import Fees
from wallet_api.gateways.acquirer import Acquirer
from wallet_api.gateways.late_client import LateClient
from wallet_api.gateways.mail import Mail, SesMail
from wallet_api.gateways.sandbox_acquirer import SandboxAcquirer
from wallet_api.gateways.sms import Sms, SnsSms
from wallet_api.ledger.folding import Folding
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.statements import Statements
from wallet_api.logs import be_discreet
from wallet_api.merchants.use_cases import Merchants
from wallet_api.metrics import EmbeddedMetrics, Metrics
from wallet_api.notifications.use_cases import Notifications
from wallet_api.one_time_codes.use_cases import OneTimeCodes
from wallet_api.passwords.use_cases import PasswordChanges, Passwords
from wallet_api.payments.store import PaymentStore
from wallet_api.payments.use_cases import Payments
from wallet_api.people.use_cases import People
from wallet_api.rate_limits.use_cases import RateLimits
from wallet_api.recoveries.use_cases import Recoveries
from wallet_api.refunds.store import RefundItem, RefundStore
from wallet_api.refunds.use_cases import Refunds
from wallet_api.registrations.use_cases import Registrations
from wallet_api.scans.use_cases import Scans, reverse_domain
from wallet_api.second_factors.use_cases import SecondFactors
from wallet_api.sessions.use_cases import Sessions
from wallet_api.settings import Settings, SettingsIncomplete
from wallet_api.sign_ins.use_cases import SignIns
from wallet_api.storage import Storage
from wallet_api.storage.connection import client_config
from wallet_api.storage.crypto import FieldCipher
from wallet_api.storage.keys import Keys
from wallet_api.top_ups.use_cases import TopUps
from wallet_api.transactions.use_cases import Transactions
from wallet_api.transfers.store import TransferItem, TransferStore
from wallet_api.transfers.use_cases import Transfers


@dataclass(frozen=True)
class _Identity:
    """Who somebody is, and how they prove it."""

    people: People
    passwords: Passwords
    rate_limits: RateLimits
    notifications: Notifications
    registrations: Registrations
    sign_ins: SignIns
    recoveries: Recoveries
    contact_changes: ContactChanges
    password_changes: PasswordChanges
    second_factors: SecondFactors
    one_time_codes: OneTimeCodes
    sessions: Sessions
    devices: Devices
    payment_pins: PaymentPins
    authorizations: Authorizations
    challenges: Challenges
    device_keys: DeviceKeys
    pin_resets: PinResets


@dataclass(frozen=True)
class Wallet(_Identity):
    """Everything a person, a merchant or an operator can do, by capability."""

    settings: Settings
    clock: Clock
    keys: Keys
    storage: Storage
    ledger: Ledger
    folding: Folding
    metrics: Metrics
    acquirer: Acquirer
    cards: Cards
    fees: Fees
    top_ups: TopUps
    merchants: Merchants
    payments: Payments
    scans: Scans
    refunds: Refunds
    transfers: Transfers
    transactions: Transactions
    events: Events
    clients: Clients

    def close(self) -> None:
        """Ends the threads that storage keeps for a trip's calls."""
        self.storage.close()


@dataclass(frozen=True)
class _Ground:
    """What everything stands on: tables, keys, the ledger, and the outside companies."""

    settings: Settings
    clock: Clock
    keys: Keys
    storage: Storage
    ledger: Ledger
    cipher: FieldCipher
    sms: Sms
    mail: Mail
    acquirer: Acquirer
    metrics: Metrics


def open_wallet(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    acquirer: Acquirer | None = None,
    sms: Sms | None = None,
    mail: Mail | None = None,
    metrics: Metrics | None = None,
) -> Wallet:
    """Opens a wallet on the tables and keys that the settings name. What is not handed in is the cloud's own."""
    from botocore.session import get_session

    be_discreet()
    settings = settings or Settings.from_environment()
    clock = clock or SystemClock()
    session = get_session()
    storage = Storage(session, settings, clock)
    keys = _keys(session, settings)
    sms = sms or SnsSms(_late_client(session, "sns", settings))
    ground = _Ground(
        settings=settings,
        clock=clock,
        keys=keys,
        storage=storage,
        ledger=Ledger.open(storage, clock),
        cipher=FieldCipher(_late_client(session, "kms", settings), settings.field_key, clock),
        sms=sms,
        mail=mail or SesMail(_late_client(session, "sesv2", settings), settings.mail_sender),
        acquirer=acquirer or _acquirer(settings, keys, clock, sms),
        metrics=metrics or EmbeddedMetrics(settings.stage, clock),
    )
    return _wallet(ground, _identity(ground))


def _identity(ground: _Ground) -> _Identity:
    storage, clock, keys, ledger = ground.storage, ground.clock, ground.keys, ground.ledger
    people = People.open(storage, clock, keys, ground.cipher, ledger)
    rate_limits = RateLimits.open(storage, clock, keys)
    notifications = Notifications.open(storage, clock, people, rate_limits, ground.sms, ground.mail)
    one_time_codes = OneTimeCodes.open(storage, clock, keys, ground.sms, ground.mail, rate_limits)
    devices = Devices.open(storage, clock, keys, notifications)
    sessions = Sessions.open(storage, clock, keys, notifications, devices)
    attempts = Attempts(storage, clock)
    passwords = Passwords.open(storage, clock, attempts, notifications)
    second_factors = SecondFactors.open(storage, clock, keys, people, attempts, notifications)
    proofs = people, passwords, second_factors, one_time_codes, sessions
    payment_pins = PaymentPins(storage, ledger.accounts, keys, notifications)
    authorizations = Authorizations.open(
        storage, clock, payment_pins, people, devices, second_factors, one_time_codes, ground.settings.public_url
    )
    return _Identity(
        people=people,
        passwords=passwords,
        rate_limits=rate_limits,
        notifications=notifications,
        registrations=Registrations.open(storage, clock, *proofs),
        sign_ins=SignIns.open(storage, clock, keys, *proofs),
        recoveries=Recoveries.open(storage, clock, *proofs, notifications),
        contact_changes=ContactChanges.open(storage, clock, *proofs[:-1], notifications),
        password_changes=PasswordChanges(storage, clock, people, passwords, sessions),
        second_factors=second_factors,
        one_time_codes=one_time_codes,
        sessions=sessions,
        devices=devices,
        payment_pins=payment_pins,
        authorizations=authorizations,
        challenges=Challenges(storage, clock, sessions, authorizations),
        device_keys=DeviceKeys(storage, clock, sessions, people, payment_pins, second_factors, devices),
        pin_resets=PinResets(storage, clock, people, one_time_codes, payment_pins),
    )


def _wallet(ground: _Ground, identity: _Identity) -> Wallet:
    settings, clock, keys = ground.settings, ground.clock, ground.keys
    storage, ledger, acquirer = ground.storage, ground.ledger, ground.acquirer
    people, sessions = identity.people, identity.sessions
    asking = identity.authorizations, identity.challenges
    merchants = Merchants.open(storage, clock, ledger, keys, settings.mode)
    cards = Cards.open(storage, clock, keys, ledger, sessions, acquirer)
    fees = Fees.open(storage, clock, ledger, sessions, people, cards)
    top_ups = TopUps.open(storage, clock, ledger, sessions, cards, fees, acquirer)
    payments = Payments(storage, clock, ledger, sessions, *asking, fees, merchants, PaymentStore.open(storage))
    refunds = Refunds(storage, clock, ledger, merchants, payments, RefundStore(storage.bind(RefundItem)))
    transfer_store = TransferStore(storage.bind(TransferItem))
    transfers = Transfers(storage, clock, ledger, sessions, people, *asking, fees, transfer_store)
    history = people, merchants, payments, refunds, transfers, top_ups
    return Wallet(
        **vars(identity),
        settings=settings,
        clock=clock,
        keys=keys,
        storage=storage,
        ledger=ledger,
        folding=Folding(ledger, ground.metrics),
        metrics=ground.metrics,
        acquirer=acquirer,
        cards=cards,
        fees=fees,
        top_ups=top_ups,
        merchants=merchants,
        payments=payments,
        scans=Scans(keys, payments, reverse_domain(settings.public_url)),
        refunds=refunds,
        transfers=transfers,
        transactions=Transactions(storage, Statements(storage, ledger.line_items), sessions, *history),
        events=Events(storage, ledger, sessions, merchants, EventStore.open(storage)),
        clients=Clients.open(storage, clock),
    )


def _late_client(session: Any, service: str, settings: Settings) -> Any:
    return LateClient(lambda: _client(session, service, settings))


def _client(session: Any, service: str, settings: Settings) -> Any:
    return session.create_client(service, region_name=settings.region, config=client_config())


def _acquirer(settings: Settings, keys: Keys, clock: Clock, sms: Sms) -> Acquirer:
    """The sandbox in test mode. Raises SettingsIncomplete in live mode, where an acquirer has to be handed in."""
    if settings.mode == "live":
        raise SettingsIncomplete("a live wallet has no card acquirer yet: hand one to open_wallet")
    return SandboxAcquirer(keys, clock, sms)


def _keys(session: Any, settings: Settings) -> Keys:
    """The master secrets, read once while the function starts."""
    store = _client(session, "secretsmanager", settings)
    return Keys.from_text(store.get_secret_value(SecretId=settings.keys_secret)["SecretString"])
