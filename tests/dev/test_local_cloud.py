"""The local cloud as a whole: what it keeps out, how it starts over, and its clock, inbox and sandbox."""

import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dev.cloud.clock import BadStep, MovableClock, step
from dev.cloud.engine import WouldLeaveTheMachine
from dev.cloud.local import LocalCloud
from dev.cloud.safety import RealCredentials, refuse_real_credentials
from dev.cloud.url_engine import NotAnEngine
from tests.client import Api
from tests.dev.conftest import REGION
from tests.dev.test_gateway import problem

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AWS_ACCESS_KEY_ID", "AKIAREALREALREALREAL"),
        ("AWS_SECRET_ACCESS_KEY", "hush-hush"),
        ("AWS_SESSION_TOKEN", "hush-hush"),
        ("AWS_PROFILE", "work"),
        ("AWS_DEFAULT_PROFILE", "work"),
        ("AWS_ROLE_ARN", "arn:aws:iam::1:role/real"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
        ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.170.23/"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/home/somebody/.aws/credentials"),
        ("AWS_CONFIG_FILE", "/home/somebody/.aws/config"),
    ],
)
def test_it_refuses_to_start_beside_real_credentials(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    for inherited in [inherited for inherited in os.environ if inherited.startswith("AWS_")]:
        monkeypatch.delenv(inherited)
    refuse_real_credentials(os.environ)
    monkeypatch.setenv(name, value)
    with pytest.raises(RealCredentials, match=name) as caught:
        LocalCloud.start(wallet=False, region="eu-north-1")
    assert value not in str(caught.value)


def test_a_cloud_that_serves_another_app_has_no_wallet(local: LocalCloud) -> None:
    with pytest.raises(RuntimeError, match="no wallet"):
        _ = local.wallet


@pytest.mark.parametrize(
    ("service", "operation"), [("s3", "list_buckets"), ("ec2", "describe_regions"), ("lambda", "list_functions")]
)
def test_a_call_that_nothing_plays_does_not_leave_the_machine(local: LocalCloud, service: str, operation: str) -> None:
    client: Any = local.session.create_client(service, region_name=REGION)
    with pytest.raises(WouldLeaveTheMachine):
        getattr(client, operation)()


def test_another_region_does_not_leave_the_machine(local: LocalCloud) -> None:
    client: Any = local.session.create_client("dynamodb", region_name="ap-east-1")
    with pytest.raises(WouldLeaveTheMachine):
        client.list_tables()


@pytest.mark.parametrize("engine", ["https://dynamodb.eu-west-1.amazonaws.com", "http://10.0.0.1:8000", "dynamite"])
def test_an_engine_is_known_or_on_this_machine(engine: str) -> None:
    with pytest.raises(NotAnEngine):
        LocalCloud.start(engine, wallet=False, region="eu-north-1")


@contextmanager
def no_collector() -> Iterator[None]:
    """What others left to Python's collector is not cleared away meanwhile, at this thread's cost."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def test_a_reset_leaves_nothing_and_takes_a_few_milliseconds(local: LocalCloud, dynamodb: Any) -> None:
    for number in range(200):
        dynamodb.put_item(TableName="wallet-local-records", Item={"pk": {"S": str(number)}, "sk": {"S": "x"}})
    sns: Any = local.session.create_client("sns", region_name=REGION)
    sns.publish(PhoneNumber="+8613800138000", Message="m")
    local.clock.advance("9d")
    with no_collector():
        began = time.thread_time()
        local.reset()
        assert time.thread_time() - began < 0.05
    assert dynamodb.scan(TableName="wallet-local-records")["Count"] == 0
    assert local.inbox.messages() == []
    assert abs(local.clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    assert local.pump.drain() == 0


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("25h", timedelta(hours=25)),
        ("2d", timedelta(days=2)),
        ("1h 30m", timedelta(minutes=90)),
        (0, timedelta()),
        (61, timedelta(seconds=61)),
    ],
)
def test_steps_in_time(text: Any, length: timedelta) -> None:
    assert step(text) == length


@pytest.mark.parametrize(
    "text", ["", "h", "-1h", "1", "1.5h", "1w", "25h!", True, None, 1.5, -1, "4000d", ["1h"], "１h"]
)
def test_what_is_no_step_in_time(text: Any) -> None:
    with pytest.raises(BadStep):
        step(text)


def test_a_frozen_clock_moves_only_when_told() -> None:
    """O11."""
    clock = MovableClock()
    moment = clock.freeze()
    assert clock.now() == clock.now() == moment
    assert clock.now().tzinfo is UTC
    assert clock.advance("25h") == moment + timedelta(hours=25)


def test_a_clock_that_was_held_runs_on_from_where_it_stands() -> None:
    clock = MovableClock()
    moment = clock.freeze(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC))
    assert clock.run() == moment
    assert moment < clock.now() < moment + timedelta(minutes=1)
    clock.advance("1h")
    assert moment + timedelta(hours=1) < clock.now() < moment + timedelta(hours=1, minutes=1)


def test_the_inbox_has_sms_and_mail_newest_first(local: LocalCloud, http: Api) -> None:
    sns: Any = local.session.create_client("sns", region_name=REGION)
    sns.publish(PhoneNumber="+8613800138000", Message="code 123456")
    local.clock.advance("1h")
    mail: Any = local.session.create_client("sesv2", region_name=REGION)
    mail.send_email(
        FromEmailAddress="no-reply@wallet.example.com",
        Destination={"ToAddresses": ["a@example.com"]},
        Content={"Simple": {"Subject": {"Data": "你好"}, "Body": {"Text": {"Data": "code 654321"}}}},
    )
    both = http.get("/sandbox/messages").ok()["data"]
    assert [message["channel"] for message in both] == ["email", "sms"]
    assert both[0]["text"] == "你好\n\ncode 654321"
    assert both[0]["created_at"] > both[1]["created_at"]
    assert set(both[0]) == {"id", "channel", "to", "text", "created_at"}
    for encoded in ("%2B8613800138000", "+8613800138000"):
        (one,) = http.get(f"/sandbox/messages?to={encoded}").ok()["data"]
        assert one["text"] == "code 123456"
    assert len(http.get("/sandbox/messages?limit=1").ok()["data"]) == 1


def test_the_sandbox_clock_moves_everything(local: LocalCloud, http: Api) -> None:
    before = http.get("/sandbox/clock").ok()["now"]
    answer = http.post("/sandbox/clock", json={"advance": "25h"}).ok(200)
    assert answer["now"] > before
    assert answer["ran"] == ["tick"]
    assert local.clock.now() - datetime.now(UTC) > timedelta(hours=24)


def test_the_sandbox_starts_over(local: LocalCloud, http: Api, dynamodb: Any) -> None:
    dynamodb.put_item(TableName="wallet-local-people", Item={"pk": {"S": "a"}, "sk": {"S": "x"}})
    assert "seeded" in http.post("/sandbox/reset").ok(200)
    assert dynamodb.scan(TableName="wallet-local-people", ConsistentRead=True)["Count"] == 0


def test_the_sandbox_says_what_there_is(http: Api) -> None:
    found = http.get("/sandbox").ok()
    assert {"en", "zh-CN", "cards", "routes", "seeded"} <= set(found)
    assert "4242424242424242" in found["cards"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/sandbox/clock", b'{"advance": "soon"}', 422),
        ("POST", "/sandbox/clock", b'{"advance": true}', 422),
        ("POST", "/sandbox/clock", b'{"advance": "1h", "x": 1}', 422),
        ("POST", "/sandbox/clock", b"[" * 100_000, 422),
        ("POST", "/sandbox/clock", b"\xff", 422),
        ("POST", "/sandbox/clock", b"", 422),
        ("POST", "/sandbox/reset", b'{"x": 1}', 422),
        ("GET", "/sandbox/messages?limit=0", b"", 422),
        ("GET", "/sandbox/messages?limit=x", b"", 422),
        ("GET", "/sandbox/messages?form=1", b"", 422),
        ("DELETE", "/sandbox/messages", b"", 405),
        ("GET", "/sandbox/reset", b"", 405),
        ("GET", "/sandbox/nothing", b"", 404),
        ("GET", "/sandboxes", b"", 404),
    ],
)
def test_the_sandbox_refuses_in_problems(http: Api, method: str, path: str, body: bytes, status: int) -> None:
    codes = {422: "invalid_request", 405: "method_not_allowed", 404: "not_found"}
    problem(http.call(method, path, body=body or None), status, codes[status])


def served(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-m", "dev.serve", *arguments],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        found = served("--port", str(port))
    assert found.returncode != 0
    assert found.stdout == ""
    assert found.stderr == f"Port {port} of 127.0.0.1 is not free: choose another with --port.\n"


def test_real_credentials_are_one_sentence() -> None:
    found = served("--port", "0", AWS_PROFILE="work")
    assert found.returncode != 0
    assert found.stderr.count("\n") == 1
    assert "AWS_PROFILE" in found.stderr
