"""How fees say no.

FeeScheduleMissing   no schedule was in force at that time
FeeNotOffered        the schedule in force has no rule for this operation and channel
AmountBelowMinimum   less than the schedule lets be moved
QuotePayeeMissing    nobody with a wallet answers to the payee that a quote was asked for
QuotePayeeSelf       the payee that a quote was asked for is who asks
QuoteMissing         no such quote, or somebody else's
QuoteExpired         the quote's time is over
QuoteUsed            the quote was used by another movement
QuoteMismatch        the quote was given for something else; `field` says what differs
QuoteAllowanceUsed   the free allowance that a quote counted on was used by another movement
ScheduleTooSoon      a published schedule would be in force before every container knows it
RuleUnsound          a rule's numbers or fields make no sense together
ScheduleIncomplete   some movement has no rule
RulesOverlap         some movement has two rules, neither more special than the other
RuleNeverApplies     a rule is nobody's price, since others come before it everywhere
ScheduleRaced        another schedule was published at the same moment
"""

from __future__ import annotations

from typing import ClassVar

from wallet_api.errors import Conflict, Declined, NotFound, Retry


class FeeScheduleMissing(NotFound):
    """No schedule was in force at that time."""

    code = "fee_schedule_not_found"


class FeeNotOffered(Conflict):
    """The schedule in force has no rule for this operation and channel."""

    code = "fee_not_offered"
    retry: ClassVar[Retry] = "new_key"


class AmountBelowMinimum(Declined):
    """The schedule has nothing less than `minimum` moved by this `operation`."""

    code = "amount_below_minimum"


class QuotePayeeMissing(NotFound):
    """Nobody with a wallet answers to the payee that a quote was asked for."""

    code = "quote_payee_not_found"
    retry: ClassVar[Retry] = "new_key"


class QuotePayeeSelf(Conflict):
    """The payee that a quote was asked for is who asks: nobody transfers to themselves."""

    code = "quote_payee_is_self"
    retry: ClassVar[Retry] = "new_key"


class QuoteMissing(NotFound):
    """There is no such quote, or it is somebody else's."""

    code = "quote_not_found"
    retry: ClassVar[Retry] = "new_key"


class QuoteExpired(Conflict):
    """The quote held until `expired_at`."""

    code = "quote_expired"
    retry: ClassVar[Retry] = "new_key"


class QuoteUsed(Conflict):
    """The quote belongs to another movement of money; each is good for one."""

    code = "quote_used"
    retry: ClassVar[Retry] = "new_key"


class QuoteMismatch(Conflict):
    """The quote was given for something else; `field` names the first thing that differs."""

    code = "quote_mismatch"
    retry: ClassVar[Retry] = "new_key"


class QuoteAllowanceUsed(Conflict):
    """The quote counted on a free allowance that another movement has used since; nothing else is ever charged than was quoted."""

    code = "quote_allowance_used"
    retry: ClassVar[Retry] = "new_key"


class ScheduleTooSoon(Conflict):
    """A schedule must be published before it is in force, and after its predecessor; `earliest` says when."""

    code = "fee_schedule_too_soon"
    retry: ClassVar[Retry] = "new_key"


class RuleUnsound(Conflict):
    """The numbers or fields of the rule number `rule` make no sense together."""

    code = "fee_rule_unsound"
    retry: ClassVar[Retry] = "new_key"


class ScheduleIncomplete(Conflict):
    """No rule says what `operation` costs for what `without` describes."""

    code = "fee_schedule_incomplete"
    retry: ClassVar[Retry] = "new_key"


class RulesOverlap(Conflict):
    """The rules numbered `rules` of `operation` are both for what `both_for` describes, and neither is more special."""

    code = "fee_rules_overlap"
    retry: ClassVar[Retry] = "new_key"


class RuleNeverApplies(Conflict):
    """Wherever the rule number `rule` applies, a more special one comes before it."""

    code = "fee_rule_never_applies"
    retry: ClassVar[Retry] = "new_key"


class ScheduleRaced(Conflict):
    """Another schedule was published at the same moment."""

    code = "fee_schedule_raced"
    retry: ClassVar[Retry] = "new_key"
