"""What is posted to addresses of others, over real connections: to the address that was checked, and never anywhere else."""

import time
from collections.abc import Iterator
from threading import Barrier

import pytest

from tests.receiver import Authority, Handler, Receiver, status
from wallet_api.gateways.addresses import Rules
from wallet_api.gateways.callbacks import MAX_ANSWER, Answered, Callback, HttpsCallbacks


@pytest.fixture
def shop() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


def post(callbacks: HttpsCallbacks, url: str) -> Answered:
    (answered,) = callbacks.post([Callback(url, b'{"a": 1}', {"Content-Type": "application/json", "X-Test": "yes"})])
    return answered


def test_a_post_arrives_as_it_was_meant(shop: Receiver) -> None:
    answered = post(shop.callbacks(), shop.url)

    assert (answered.status, answered.problem, answered.taken) == (204, None, True)
    (request,) = shop.received
    assert (request.path, request.body) == ("/hook?from=wallet", b'{"a": 1}')
    assert request.headers["host"] == f"shop.example.org:{shop.port}"
    assert request.headers["x-test"] == "yes"
    assert request.headers["connection"] == "close"


def test_a_name_that_leads_inside_is_not_called_p16(shop: Receiver) -> None:
    """P16: the port is open and the certificate right, and still nothing is sent."""
    rules = Rules(ports=frozenset({shop.port}))
    callbacks = HttpsCallbacks(rules, resolver=lambda _host, _port: ["127.0.0.1"])

    answered = post(callbacks, shop.url)

    assert (answered.status, answered.problem) == (None, "address_refused")
    assert shop.received == []


def test_a_name_that_leads_elsewhere_the_second_time_is_not_called_p16(shop: Receiver) -> None:
    """P16: rebinding. Each post asks anew, once, and calls what that one answer said."""
    leads_to = [["127.0.0.1"], ["169.254.169.254"], ["127.0.0.1", "10.0.0.1"], ["127.0.0.1"]]
    asked: list[str] = []

    def resolver(host: str, _port: int) -> list[str]:
        asked.append(host)
        return leads_to[len(asked) - 1]

    callbacks = shop.callbacks(resolver=resolver)
    answered = [post(callbacks, shop.url) for _ in leads_to]

    assert [each.problem for each in answered] == [None, "address_refused", "address_refused", None]
    assert asked == ["shop.example.org"] * 4
    assert len(shop.received) == 2


def test_an_address_that_was_never_acceptable_is_not_even_resolved_p16(shop: Receiver) -> None:
    """P16: an endpoint's URL is checked again, whatever was stored."""
    asked: list[str] = []

    def inside(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    callbacks = shop.callbacks(resolver=inside)

    for url in (f"https://user@shop.example.org:{shop.port}/", "https://127.1/", "https://wallet.example.com/"):
        assert post(callbacks, url).problem == "address_refused"
    assert asked == []


def test_the_name_must_be_the_certificates_p16() -> None:
    """P16: whoever takes over an address has not taken over the name."""
    with Receiver(name="elsewhere.example.org") as other:
        assert post(other.callbacks(), other.url).problem == "certificate_refused"
        assert other.received == []


def test_a_certificate_of_an_unknown_authority_is_refused(shop: Receiver) -> None:
    assert post(shop.callbacks(context=Authority().context), shop.url).problem == "certificate_refused"
    assert shop.received == []


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_not_followed_p28(shop: Receiver, code: int) -> None:
    """P28."""
    shop.answers = [status(code, Location=shop.url)]

    answered = post(shop.callbacks(), shop.url)

    assert (answered.status, answered.taken) == (code, False)
    assert len(shop.received) == 1


def test_of_an_answer_only_its_status_and_when_to_come_again_are_kept_p16(shop: Receiver) -> None:
    """P16, P28: nothing of the body is kept, and no more of it is read than a little."""
    shop.answers = [status(503, b"secret" * 100_000, Retry_After="120")]

    answered = post(shop.callbacks(), shop.url)

    assert (answered.status, answered.retry_after, answered.body_bytes) == (503, "120", MAX_ANSWER)
    assert "secret" not in repr(answered)


def drip(handler: Handler) -> None:
    """An answer that never ends and never pauses."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    try:
        while True:
            handler.wfile.write(b"a")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass


def test_all_of_a_post_has_one_time_limit_p28(shop: Receiver) -> None:
    """P28: an answer that comes byte by byte is not waited for, and the others of its batch are not kept."""
    shop.answers = [drip]
    slow = post(shop.callbacks(timeout_seconds=0.6), shop.url)

    assert (slow.status, slow.problem) == (None, "timed_out")


def test_posts_go_at_the_same_time_and_a_slow_one_holds_up_nobody(shop: Receiver) -> None:
    """Each is answered only while all the others wait for their answers too."""
    together = Barrier(8)

    def answer(handler: Handler) -> None:
        together.wait(20)
        status(200)(handler)

    shop.usual = answer
    answered = shop.callbacks(timeout_seconds=30).post([Callback(shop.url, b"{}", {})] * 8)

    assert [each.status for each in answered] == [200] * 8


def no_http(handler: Handler) -> None:
    handler.wfile.write(b"220 smtp.example.org ESMTP\r\n")


def hang_up(handler: Handler) -> None:
    handler.connection.close()


def test_whatever_is_no_answer_is_a_problem_with_a_name(shop: Receiver) -> None:
    shop.answers = [no_http, hang_up]
    callbacks = shop.callbacks()

    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError

    assert post(callbacks, shop.url).problem == "no_http"
    assert post(callbacks, shop.url).problem == "unreachable"
    assert post(shop.callbacks(resolver=unknown), shop.url).problem == "name_unknown"
    assert post(shop.callbacks(resolver=lambda _host, _port: []), shop.url).problem == "address_refused"


def test_a_second_address_is_tried_when_the_first_takes_no_connection(shop: Receiver) -> None:
    callbacks = shop.callbacks(resolver=lambda _host, _port: ["127.0.0.2", "127.0.0.1"])
    # Nobody listens on 127.0.0.2: the receiver has 127.0.0.1 alone.
    assert post(callbacks, shop.url).status == 204


def test_a_developers_own_machine_is_called_without_a_certificate() -> None:
    with Receiver(secure=False) as local:
        callbacks = HttpsCallbacks(Rules(here=True))
        assert callbacks.acceptable(local.url)
        assert post(callbacks, local.url).status == 204
        assert post(callbacks, f"http://localhost:{local.port}/").status == 204
        assert not HttpsCallbacks(Rules()).acceptable(local.url)
        assert post(HttpsCallbacks(Rules()), local.url).problem == "address_refused"
