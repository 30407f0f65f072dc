"""What an answer about a person or a session holds."""

from datetime import UTC, datetime, timedelta

from chalicelib.identity_views import DeviceIn, SessionView, TokensView
from wallet_api.devices.model import Device
from wallet_api.sessions.model import Session, SignedIn

NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
SESSION = Session(
    id="ses_1",
    person_id="usr_1",
    device=Device("P50", "harmony", "3.2.1"),
    created_at=NOW,
    refreshed_at=NOW,
    ends_at=NOW + timedelta(days=90),
    access_hash="secret-hash",
    refresh_hash="secret-hash",
)


def test_an_access_tokens_seconds_are_counted_from_now_and_never_below_zero() -> None:
    signed_in = SignedIn(SESSION, "wat_1", "wrt_1")
    assert TokensView.of(signed_in, NOW).expires_in == 900
    assert TokensView.of(signed_in, NOW + timedelta(milliseconds=1)).expires_in == 900
    assert TokensView.of(signed_in, NOW + timedelta(hours=1)).expires_in == 0
    assert TokensView.of(signed_in, NOW).refresh_expires_at == "2026-12-22T01:05:00Z"


def test_a_session_is_shown_without_its_hashes_and_knows_whether_it_asks() -> None:
    shown = SessionView.of(SESSION, "ses_1")
    assert shown.current
    assert not SessionView.of(SESSION, "ses_2").current
    assert "secret-hash" not in repr(shown)
    assert (shown.device.name, shown.device.platform, shown.device.app_version) == ("P50", "harmony", "3.2.1")


def test_an_app_that_says_nothing_of_its_device_is_fine() -> None:
    assert DeviceIn().device() == Device(None, None, None)
