"""Whatever a wallet's owner says yes to may be refused in the same ways, and each endpoint says so."""

from chalicelib.http import Endpoint
from chalicelib.routes import every
from chalicelib.spending_refusals import LIMIT_REFUSALS, SPENDING_REFUSALS
from wallet_api.ledger.errors import InsufficientFunds, TransactionLimitExceeded
from wallet_api.ledger.limits import REACHED

ENDPOINTS = [each for routes in every() for each in routes.endpoints]


def _spends(endpoint: Endpoint) -> bool:
    return "authorization" in (endpoint.body.__struct_fields__ if endpoint.body else ()) and (
        InsufficientFunds in endpoint.errors
    )


def test_every_endpoint_that_spends_promises_every_way_to_be_refused() -> None:
    spending = [each for each in ENDPOINTS if _spends(each)]
    assert {"/v1/transfers", "/v1/outlets/{outlet_id}/payments"} <= {each.path for each in spending}
    for each in spending:
        assert set(SPENDING_REFUSALS) <= set(each.errors), each.path
        assert len(set(each.errors)) == len(each.errors), each.path


def test_every_limit_that_there_is_has_its_refusal() -> None:
    assert set(LIMIT_REFUSALS) == {*REACHED.values(), TransactionLimitExceeded}
