"""The part of the wiring diagram that is about who takes payments, how their servers prove it, and what happened to their money."""

from __future__ import annotations

from wallet_api.events.store import EventStore
from wallet_api.events.use_cases import Events
from wallet_api.mandates.store import MandateStore
from wallet_api.mandates.use_cases import Mandates
from wallet_api.merchant_applications.store import ApplicationStore
from wallet_api.merchant_applications.use_cases import MerchantApplications
from wallet_api.merchants.use_cases import ApiKeys, Merchants, SigningKeys
from wallet_api.outlets.use_cases import Outlets
from wallet_api.settlement_accounts.store import SettlementAccountStore
from wallet_api.settlement_accounts.use_cases import SettlementAccounts
from wallet_api.signatures.use_cases import Signatures
from wallet_api.wiring.ground import Ground
from wallet_api.wiring.identity import Identity
from wallet_api.wiring.part import Part


class MerchantSide(Part):
    """Who takes payments, where, by which keys, and where their money goes."""

    merchants: Merchants
    api_keys: ApiKeys
    signing_keys: SigningKeys
    outlets: Outlets
    settlement_accounts: SettlementAccounts
    merchant_applications: MerchantApplications
    mandates: Mandates
    events: Events


def open_merchants(ground: Ground, identity: Identity) -> MerchantSide:
    """Makes every collaborator that a merchant deals with before it asks for money."""
    storage, clock, ledger, cipher = ground.storage, ground.clock, ground.ledger, ground.cipher
    mode, sessions, notifications = ground.settings.mode, identity.sessions, identity.notifications
    signatures = Signatures.open(storage, clock, cipher, mode)
    merchants = Merchants.open(storage, clock, ledger, ground.keys, mode, sessions, signatures)
    account_store = SettlementAccountStore.open(storage)
    events = Events(storage, ledger, sessions, merchants, EventStore.open(storage))
    accounts = SettlementAccounts(
        storage, clock, cipher, merchants, identity.payment_pins, notifications, events, account_store
    )
    application_store = ApplicationStore.open(storage)
    applications = MerchantApplications(
        storage, clock, ledger, cipher, mode, sessions, merchants, accounts, notifications, application_store
    )
    return MerchantSide(
        merchants=merchants,
        api_keys=ApiKeys(storage, clock, merchants, merchants.key_store, notifications),
        signing_keys=SigningKeys(storage, merchants, signatures),
        outlets=Outlets.open(storage, clock, ledger, merchants),
        settlement_accounts=accounts,
        merchant_applications=applications,
        mandates=Mandates(
            storage,
            clock,
            ledger,
            sessions,
            identity.authorizations,
            identity.challenges,
            merchants,
            notifications,
            MandateStore.open(storage),
        ),
        events=events,
    )
