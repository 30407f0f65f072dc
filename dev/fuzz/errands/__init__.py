"""What has to be done before a call can succeed: by operation, the path's parameters, the body and the query that it leads to.

An errand is done for whoever calls, over HTTP as anybody would. An operation that needs nobody's preparation has none.
"""

from collections.abc import Mapping

from dev.fuzz.errands.led import Errand
from dev.fuzz.errands.merchants import OF_MERCHANTS
from dev.fuzz.errands.money import OF_MONEY
from dev.fuzz.errands.people import OF_PEOPLE
from dev.fuzz.errands.withdrawals import OF_WITHDRAWALS

ERRANDS: Mapping[str, Errand] = {**OF_PEOPLE, **OF_MONEY, **OF_MERCHANTS, **OF_WITHDRAWALS}
"""By operationId."""
