"""The part of the wiring diagram that is about who somebody is."""

from __future__ import annotations

from wallet_api.attempts.use_cases import Attempts
from wallet_api.authorizations.use_cases import Authorizations, Challenges, DeviceKeys, PaymentPins, PinResets
from wallet_api.contact_changes.use_cases import ContactChanges
from wallet_api.devices.use_cases import Devices
from wallet_api.freezes.use_cases import Freezes, Unfreezes
from wallet_api.notifications.use_cases import Notifications
from wallet_api.one_time_codes.use_cases import OneTimeCodes
from wallet_api.passwords.use_cases import PasswordChanges, Passwords, Reauthentication
from wallet_api.payment_codes.use_cases import PaymentCodes
from wallet_api.people.use_cases import People
from wallet_api.rate_limits.use_cases import RateLimits
from wallet_api.recoveries.use_cases import Recoveries
from wallet_api.registrations.use_cases import Registrations
from wallet_api.second_factors.use_cases import SecondFactors
from wallet_api.sessions.use_cases import Sessions
from wallet_api.sign_ins.use_cases import SignIns
from wallet_api.wiring.ground import Ground
from wallet_api.wiring.part import Part


class Identity(Part):
    """Who somebody is, and how they prove it."""

    people: People
    passwords: Passwords
    rate_limits: RateLimits
    notifications: Notifications
    registrations: Registrations
    sign_ins: SignIns
    recoveries: Recoveries
    freezes: Freezes
    unfreezes: Unfreezes
    contact_changes: ContactChanges
    password_changes: PasswordChanges
    reauthentication: Reauthentication
    second_factors: SecondFactors
    one_time_codes: OneTimeCodes
    sessions: Sessions
    devices: Devices
    payment_pins: PaymentPins
    authorizations: Authorizations
    challenges: Challenges
    device_keys: DeviceKeys
    pin_resets: PinResets
    payment_codes: PaymentCodes


def open_identity(ground: Ground) -> Identity:
    """Makes every collaborator that proves who somebody is, and how they say yes."""
    storage, clock, keys, ledger = ground.storage, ground.clock, ground.keys, ground.ledger
    people = People.open(storage, clock, keys, ground.cipher, ledger)
    rate_limits = RateLimits.open(storage, clock, keys, ground.metrics)
    notifications = Notifications.open(storage, clock, people, rate_limits, ground.sms, ground.mail, ground.metrics)
    one_time_codes = OneTimeCodes.open(storage, clock, keys, ground.sms, ground.mail, rate_limits)
    devices = Devices.open(storage, clock, keys, notifications)
    sessions = Sessions.open(storage, clock, keys, notifications, devices)
    attempts = Attempts(storage, clock)
    passwords = Passwords.open(storage, clock, attempts, notifications)
    reauthentication = Reauthentication(storage, clock, passwords)
    second_factors = SecondFactors.open(storage, clock, keys, people, attempts, notifications)
    proofs = people, passwords, second_factors, one_time_codes, sessions
    recoveries = Recoveries.open(storage, clock, *proofs, notifications)
    stopping, ending = (storage, clock, ledger, people), (sessions, devices, notifications)
    payment_pins = PaymentPins(storage, ledger.accounts, keys, clock, people, notifications)
    authorizations = Authorizations.open(
        storage, clock, payment_pins, people, devices, second_factors, one_time_codes, ground.settings.public_url
    )
    payment_codes = PaymentCodes.open(
        storage, clock, keys, ledger.accounts, sessions, people, passwords, payment_pins, rate_limits
    )
    return Identity(
        people=people,
        passwords=passwords,
        rate_limits=rate_limits,
        notifications=notifications,
        registrations=Registrations.open(storage, clock, *proofs),
        sign_ins=SignIns.open(storage, clock, keys, *proofs),
        recoveries=recoveries,
        freezes=Freezes(*stopping, passwords, recoveries, *ending),
        unfreezes=Unfreezes.open(*stopping, payment_pins, second_factors, one_time_codes, reauthentication, *ending),
        contact_changes=ContactChanges.open(storage, clock, *proofs[:-1], notifications),
        password_changes=PasswordChanges(storage, clock, people, passwords, sessions),
        reauthentication=reauthentication,
        second_factors=second_factors,
        one_time_codes=one_time_codes,
        sessions=sessions,
        devices=devices,
        payment_pins=payment_pins,
        authorizations=authorizations,
        challenges=Challenges(storage, clock, sessions, authorizations),
        device_keys=DeviceKeys(storage, clock, sessions, people, payment_pins, second_factors, devices),
        payment_codes=payment_codes,
        pin_resets=PinResets(storage, clock, people, one_time_codes, payment_pins, second_factors, reauthentication),
    )
