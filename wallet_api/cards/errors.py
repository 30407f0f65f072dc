"""How cards say no.

CardMissing              no such card, or somebody else's
CardNotActive            the card's issuer has not confirmed it
CardExpired              the card's last month is over
CreditCardRefused        money is withdrawn to debit cards alone
CardAlreadyBound         the person has this very card
TooManyCards             the person has as many cards as one may have
TooManyBindings          the person tried to bind too many cards today
WrongCardCode            the code is not the one that the issuer sent
CardCodeExpired          the code's time is over
CardCodeExhausted        all attempts at the code are used up
CardVerificationFailed   the issuer refuses to confirm the card
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Conflict, Declined, Forbidden, NotFound, Retry, TooMany


class CardMissing(NotFound):
    """There is no such card, or it is somebody else's."""

    code = "card_not_found"
    retry: ClassVar[Retry] = "new_key"


class CardNotActive(Conflict):
    """The card's issuer has not confirmed it."""

    code = "card_not_active"
    retry: ClassVar[Retry] = "new_key"


class CardExpired(Declined):
    """The card's last month is over."""

    code = "card_expired"


class CreditCardRefused(Declined):
    """Money is withdrawn to debit cards alone: on a credit card it would be a payment of somebody's debt."""

    code = "withdrawal_to_credit_card"


class CardAlreadyBound(Conflict):
    """The person has this very card, as `card_id`."""

    code = "card_already_bound"


class TooManyCards(Conflict):
    """The person has `limit` cards, which is as many as one may have."""

    code = "too_many_cards"
    retry: ClassVar[Retry] = "new_key"


class TooManyBindings(TooMany):
    """The person tried to bind `limit` cards today. Stolen numbers are tried out like this."""

    code = "too_many_card_bindings"


class WrongCardCode(Forbidden):
    """The code is not the one that the issuer sent; `attempts_left` says how often another may be tried."""

    code = "wrong_card_code"


class CardCodeExpired(Conflict):
    """The code's time is over; binding the card again brings another."""

    code = "card_code_expired"


class CardCodeExhausted(Conflict):
    """All attempts at the code are used up; binding the card again brings another."""

    code = "card_code_exhausted"


class CardVerificationFailed(Declined):
    """The issuer refuses to confirm the card."""

    code = "card_verification_failed"
