"""The wiring diagram: every collaborator of the wallet, made once and handed to those who use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from wallet_api.attempts.use_cases import Attempts
from wallet_api.authorizations.use_cases import PaymentPins, PinResets
from wallet_api.cards.use_cases import Cards
from wallet_api.clock import Clock, SystemClock
from wallet_api.events.store import EventStore
from wallet_api.events.use_cases import Events
from wallet_api.fees.use_cases import Fees
from wallet_api.gateways.acquirer import Acquirer
from wallet_api.gateways.mail import SesMail
from wallet_api.gateways.sandbox_acquirer import SandboxAcquirer
from wallet_api.gateways.sms import Sms, SnsSms
from wallet_api.ledger.folding import Folding
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.statements import Statements
from wallet_api.merchants.use_cases import Merchants
from wallet_api.one_time_codes.use_cases import OneTimeCodes
from wallet_api.passwords.use_cases import Passwords
from wallet_api.payments.store import PaymentStore
from wallet_api.payments.use_cases import Payments
from wallet_api.people.use_cases import People
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
from wallet_api.transactions.use_cases import Transactions
from wallet_api.top_ups.use_cases import TopUps
from wallet_api.transfers.store import TransferItem, TransferStore
from wallet_api.transfers.use_cases import Transfers


@dataclass(frozen=True)
class Wallet:
    """Everything a person, a merchant or an operator can do, by capability."""

    settings: Settings
    clock: Clock
    keys: Keys
    storage: Storage
    ledger: Ledger
    folding: Folding
    people: People
    registrations: Registrations
    sign_ins: SignIns
    second_factors: SecondFactors
    one_time_codes: OneTimeCodes
    sessions: Sessions
    payment_pins: PaymentPins
    pin_resets: PinResets
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

    def close(self) -> None:
        """Ends the threads that storage keeps for a trip's calls."""
        self.storage.close()


def open_wallet(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    acquirer: Any = None,
    sms: Any = None,
    mail: Any = None,
) -> Wallet:
    """Opens a wallet on the tables and keys that the settings name. What is not handed in is the cloud's own."""
    from botocore.session import get_session

    settings = settings or Settings.from_environment()
    clock = clock or SystemClock()
    session = get_session()
    storage = Storage(session, settings, clock)
    keys = _keys(session, settings)
    cipher = FieldCipher(_client(session, "kms", settings), settings.field_key, clock)
    ledger = Ledger.open(storage, clock)
    people = People.open(storage, clock, keys, cipher, ledger)
    sessions = Sessions.open(storage, clock, keys)
    sms = sms or SnsSms(_client(session, "sns", settings))
    mail = mail or SesMail(_client(session, "sesv2", settings), settings.mail_sender)
    one_time_codes = OneTimeCodes.open(storage, clock, keys, sms, mail)
    attempts = Attempts(storage, clock)
    passwords = Passwords.open(storage, clock, attempts)
    second_factors = SecondFactors.open(storage, clock, keys, people, attempts)
    proofs = people, passwords, second_factors, one_time_codes, sessions
    payment_pins = PaymentPins(storage, ledger.accounts, keys)
    merchants = Merchants.open(storage, clock, ledger, keys, settings.mode)
    acquirer = acquirer or _acquirer(settings, keys, clock, sms)
    cards = Cards.open(storage, clock, keys, ledger, sessions, acquirer)
    fees = Fees.open(storage, clock, ledger, sessions, people, cards)
    payments = Payments(storage, clock, ledger, sessions, payment_pins, fees, merchants, PaymentStore.open(storage))
    refunds = Refunds(storage, clock, ledger, merchants, payments, RefundStore(storage.bind(RefundItem)))
    transfers = Transfers(
        storage, clock, ledger, sessions, people, payment_pins, fees, TransferStore(storage.bind(TransferItem))
    )
    top_ups = TopUps.open(storage, clock, ledger, sessions, cards, fees, acquirer)
    statements = Statements(storage, ledger.line_items)
    return Wallet(
        settings=settings,
        clock=clock,
        keys=keys,
        storage=storage,
        ledger=ledger,
        folding=Folding(ledger),
        people=people,
        registrations=Registrations.open(storage, clock, *proofs),
        sign_ins=SignIns.open(storage, clock, *proofs),
        second_factors=second_factors,
        one_time_codes=one_time_codes,
        sessions=sessions,
        payment_pins=payment_pins,
        pin_resets=PinResets(storage, clock, people, one_time_codes, payment_pins),
        acquirer=acquirer,
        cards=cards,
        fees=fees,
        top_ups=top_ups,
        merchants=merchants,
        payments=payments,
        scans=Scans(storage, clock, keys, payments, reverse_domain(settings.public_url)),
        refunds=refunds,
        transfers=transfers,
        transactions=Transactions(
            storage, statements, sessions, people, merchants, payments, refunds, transfers, top_ups
        ),
        events=Events(storage, ledger, sessions, merchants, EventStore.open(storage)),
    )


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
