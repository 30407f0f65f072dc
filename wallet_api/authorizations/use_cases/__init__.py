"""What a person can do to say yes to a move of money, one part in each file."""

from wallet_api.authorizations.use_cases.challenges import Asked, Challenges
from wallet_api.authorizations.use_cases.device_keys import DeviceKeys, Registering
from wallet_api.authorizations.use_cases.moves import Approval, Authorizations, Claim
from wallet_api.authorizations.use_cases.pins import AskingReset, PaymentPins, PinReset, PinResets

__all__ = [
    "Approval",
    "Asked",
    "AskingReset",
    "Authorizations",
    "Challenges",
    "Claim",
    "DeviceKeys",
    "PaymentPins",
    "PinReset",
    "PinResets",
    "Registering",
]
