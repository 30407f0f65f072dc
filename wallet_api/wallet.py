"""The wiring diagram: every collaborator of the wallet, made once and handed to those who use it."""

from __future__ import annotations

from wallet_api.cards.use_cases import Cards
from wallet_api.clients.use_cases import Clients
from wallet_api.clock import Clock
from wallet_api.fees.use_cases import Fees
from wallet_api.gateways.acquirer import Acquirer
from wallet_api.gateways.bank import Bank
from wallet_api.gateways.callbacks import Callbacks
from wallet_api.gateways.mail import Mail
from wallet_api.gateways.push import Push
from wallet_api.gateways.screening import Screening
from wallet_api.gateways.sms import Sms
from wallet_api.ledger.folding import Folding
from wallet_api.ledger.ledger import Ledger
from wallet_api.ledger.statements import Statements
from wallet_api.metrics import Metrics
from wallet_api.operations.use_cases import Operations
from wallet_api.payments.store import PaymentStore
from wallet_api.payments.use_cases import Payments
from wallet_api.scans.use_cases import Scans
from wallet_api.settings import Settings
from wallet_api.storage import Storage
from wallet_api.storage.keys import Keys
from wallet_api.top_ups.use_cases import TopUps
from wallet_api.transactions.use_cases import Transactions
from wallet_api.transfers.use_cases import Transfers
from wallet_api.wiring.confirming import Confirming, open_confirming
from wallet_api.wiring.ground import Ground, open_ground
from wallet_api.wiring.identity import Identity, open_identity
from wallet_api.wiring.merchants import MerchantSide, open_merchants
from wallet_api.wiring.refunds import MoneyBack, open_money_back
from wallet_api.wiring.settlement import Settlement, open_settlement
from wallet_api.wiring.telling import Telling, open_telling
from wallet_api.withdrawals.use_cases import Withdrawals


class Wallet(Identity, MerchantSide, Telling, Confirming, MoneyBack, Settlement):
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
    payments: Payments
    scans: Scans
    transfers: Transfers
    withdrawals: Withdrawals
    transactions: Transactions
    operations: Operations
    clients: Clients

    def close(self) -> None:
        """Ends the threads that storage keeps for a trip's calls."""
        self.storage.close()


def open_wallet(
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
) -> Wallet:
    """Opens a wallet on the tables and keys that the settings name. What is not handed in is the cloud's own."""
    ground = open_ground(
        settings,
        clock=clock,
        acquirer=acquirer,
        bank=bank,
        screening=screening,
        sms=sms,
        mail=mail,
        push=push,
        metrics=metrics,
        callbacks=callbacks,
    )
    return _wallet(ground, open_identity(ground))


def _wallet(ground: Ground, identity: Identity) -> Wallet:
    settings, clock, keys = ground.settings, ground.clock, ground.keys
    storage, ledger, acquirer = ground.storage, ground.ledger, ground.acquirer
    people, sessions = identity.people, identity.sessions
    asking = identity.authorizations, identity.challenges
    side = open_merchants(ground, identity)
    merchants = side.merchants
    cards = Cards.open(storage, clock, keys, ledger, sessions, acquirer)
    fees = Fees.open(storage, clock, ledger, sessions, people, cards, merchants)
    top_ups = TopUps.open(storage, clock, ledger, sessions, cards, fees, acquirer, ground.metrics)
    payments = Payments(
        storage, clock, ledger, sessions, *asking, fees, merchants, side.outlets, side.mandates, ground.screening, ground.metrics,
        identity.payment_codes, side.events, PaymentStore.open(storage),
    )  # fmt: skip
    back = open_money_back(ground, sessions, merchants, cards, top_ups, payments)
    transfers = Transfers.open(storage, clock, ledger, sessions, people, *asking, fees, ground.metrics)
    withdrawals = Withdrawals.open(storage, clock, ledger, sessions, *asking, cards, fees, acquirer, ground.metrics)
    history = people, merchants, payments, back.refunds, back.refund_requests, transfers, top_ups, withdrawals
    late = {
        Telling: lambda: open_telling(ground, side),
        Confirming: lambda: open_confirming(ground, identity, side, *history[2:]),
        Settlement: lambda: open_settlement(ground, side, fees, top_ups, withdrawals, payments, back.refunds),
    }
    return Wallet.opened_late(
        late,
        **vars(identity),
        **vars(side),
        **vars(back),
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
        payments=payments,
        scans=Scans(keys, people, payments, side.outlets, side.mandates, settings.public_url),
        transfers=transfers,
        withdrawals=withdrawals,
        transactions=Transactions(storage, Statements(storage, ledger.line_items), sessions, *history),
        operations=Operations(storage, clock, settings.mode, ledger, sessions, merchants, (top_ups,)),
        clients=Clients.open(storage, clock),
    )
