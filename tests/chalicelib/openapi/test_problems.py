"""What an endpoint takes and who may call it decide what it may refuse."""

from chalicelib.openapi.problems import problems_of
from chalicelib.routes import every

PROMISED = {(each.method, each.path): each for routes in every() for each in routes.endpoints}


def codes(method: str, path: str) -> set[str]:
    return {error.code for error in problems_of(PROMISED[method, path])}


def test_a_keyed_endpoint_may_refuse_its_key() -> None:
    assert {"idempotency_key_required", "idempotency_key_reused"} <= codes("POST", "/v1/transfers")
    assert "idempotency_key_required" not in codes("GET", "/v1/wallet")


def test_nobody_is_refused_where_anybody_may_call() -> None:
    assert not {"wrong_caller", "scope_missing"} & codes("GET", "/v1/fees")
    assert "not_authenticated" in codes("GET", "/v1/wallet")
