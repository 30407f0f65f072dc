"""Secrets through the whole house: a person's day, with everything logged that can be, and every table read afterwards.

That no test of this suite makes anything secret be logged is held by the `api` fixture, which listens to all of them.
"""

import logging
from collections.abc import Iterator

import pytest

from chalicelib import http
from dev.cloud.local import LocalCloud
from tests.build import APPROVED_CARD, PASSWORD, PIN, a_merchant, a_person, balance_of, cny, key, refused, send
from tests.client import Api
from tests.identity import challenge, enrol, other_than, prove, register, sign_in
from tests.promises import PromisedApi
from tests.secrecy import found_in, listening, looks_secret, rows_of, secrets_in
from wallet_api.logs import TALKATIVE, WITHHELD

NAME = "Zhang Qiaozhi"


@pytest.fixture(autouse=True)
def _everything_is_turned_on() -> Iterator[None]:
    """Every logger that there is at DEBUG, those that log their arguments as well."""
    known = [logger for logger in logging.root.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    before = [(logger, logger.level) for logger in [*known, *map(logging.getLogger, TALKATIVE)]]
    for logger, _ in before:
        logger.setLevel(logging.DEBUG)
    yield
    for logger, level in before:
        logger.setLevel(level)


def a_day(api: PromisedApi, cloud: LocalCloud) -> None:
    """Registers, signs in by each factor, binds a card, pays, is refunded, fails at each of these, and is told so."""
    someone, other, shop = a_person(api, cloud, balance=50_000), a_person(api, cloud), a_merchant(cloud)
    api.patch("/v1/me", {"display_name": NAME}, token=someone.token).ok()
    register(api, phone=someone.phone, email="qiaozhi.zhang@example.com").ok(202)
    app, recovery_codes = enrol(api, cloud, someone)
    for method, code in (("totp", other_than(app.code())), ("totp", app.code()), ("recovery_code", recovery_codes[0])):
        prove(api, challenge(api, someone), method, code)
    sign_in(api, cloud, someone)
    api.secrets.add(shop.key)
    asked = {"amount": cny(1250), "order_id": "1", "description": "tea"}
    payment = api.post("/v1/payments", asked, token=shop.key, key=key()).ok(201)
    confirming = f"/v1/payments/{payment['id']}/confirm"
    refused(
        api.post(confirming, {"authorization": {"pin": "193706"}}, token=someone.token, key=key()),
        403,
        "wrong_payment_pin",
    )
    api.post(confirming, {"authorization": {"pin": PIN}}, token=someone.token, key=key()).ok(200)
    back = {"payment_id": payment["id"], "amount": cny(250), "reason": "cold"}
    api.post("/v1/refunds", back, token=shop.key, key=key()).ok(201)
    confirming_to = {"service": "fcm", "token": f"tok-{key()}"}
    api.put("/v1/devices/current/push_token", confirming_to, token=someone.token).ok(200)
    told = {"push": True, "sms": True, "email": True}
    api.patch("/v1/me/notification_preferences", {"money_out": told}, token=someone.token).ok(200)
    send(api, someone, other, 700).ok(201)
    assert balance_of(api, other) == 700
    api.post("/v1/sessions/refresh", {"refresh_token": someone.refresh_token}).ok(200)
    cloud.pump.drain()
    for path in ("/v1/transactions", "/v1/events", "/v1/cards", "/v1/sessions", "/v1/me"):
        api.get(path, token=someone.token)


def test_nothing_secret_is_in_a_log_or_a_table_after_a_day(api: PromisedApi, cloud: LocalCloud) -> None:
    """D1, D9, A19, A31, P32: nothing that went over the wire, and nothing that has the form of a secret."""
    with listening() as listener:
        a_day(api, cloud)
    assert {PASSWORD, PIN, APPROVED_CARD, NAME} <= api.secrets
    withheld = [line for line in listener.lines if WITHHELD in line]
    assert any(line.startswith("botocore.") for line in withheld), "what it says of a call was made, and heard"
    told = [(found, line) for line in listener.lines if (found := found_in(line, api.secrets) + looks_secret(line))]
    assert told == []
    kept = [(found, row) for row in rows_of(cloud) if (found := found_in(row[1], api.secrets))]
    assert kept == []
    shaped = [(found, row) for row in rows_of(cloud) if (found := looks_secret(row[1]))]
    assert shaped == []


def test_a_defect_is_logged_without_what_it_was_about(
    api: PromisedApi, cloud: LocalCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D9, P9: the traceback of a mistake of ours names lines of code, not what was sent."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake of ours")

    with listening() as listener:
        someone = a_person(api, cloud)
        monkeypatch.setattr(http, "read_document", broken)
        answer = api.put("/v1/payment_pin", {"pin": "719305", "current_pin": PIN}, token=someone.token)
    assert (answer.status, answer.json["code"]) == (500, "internal_error")
    defects = [line for line in listener.lines if "a mistake of ours" in line]
    assert len(defects) == 1
    assert found_in(defects[0], {*api.secrets, "719305", PIN}) == []


def test_the_listening_would_hear_a_secret(api: Api, cloud: LocalCloud) -> None:
    """D9: what this file looks for, it finds."""
    secrets = set(secrets_in({"pin": PIN, "phone": "+8613800138000", "session": {"access_token": "wat_" + "aB3" * 9}}))
    assert len(secrets) == 3
    logger = logging.getLogger("wallet_api.of_this_test")
    with listening() as listener:
        logger.debug("the PIN is %s", PIN)
        logger.info("sent", extra={"to": "13800138000"})
        try:
            raise ValueError("wat_" + "aB3" * 9)
        except ValueError:
            logger.exception("no")
        logger.debug("an entry of 2026 with 4286170 fen")
    assert [len(found_in(line, secrets)) for line in listener.lines if "of_this_test" in line] == [1, 1, 1, 0]
    shown = [
        *("wat_" + "aB3" * 9, "sk_test_0123456789ab", "to 13800138000", "li.na@example.com", "4242424242424242"),
        *("otpauth://totp/x", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
    ]
    assert [text for text in shown if not looks_secret(text)] == []
    assert looks_secret("pay_01KAMS3Q0V5T1C9D9SZ3GZ2WQY 1795330800000001 2026-11-22T01:05:00Z") == []
