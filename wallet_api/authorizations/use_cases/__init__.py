"""What a person can do to say yes to a move of money, one part in each file."""

from wallet_api.authorizations.use_cases.pins import PaymentPins, PinReset, PinResets

__all__ = ["PaymentPins", "PinReset", "PinResets"]
