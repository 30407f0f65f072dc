"""The three forms of a yes, and what is none of them."""

import pytest

from chalicelib.authorization_views import AuthorizationIn
from wallet_api.authorizations.model import CodeShown, PinShown, SignatureShown
from wallet_api.devices.model import Signature
from wallet_api.errors import Invalid

DEVICE, CHALLENGE = "dev_01KAMS3Q0V5T1C9D9SZ3GZ2WQY", "chl_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"


def test_each_form_is_read_as_what_it_is() -> None:
    assert AuthorizationIn(pin="428617").shown() == PinShown("428617")
    assert AuthorizationIn(challenge_id=CHALLENGE, code="123456").shown() == CodeShown(CHALLENGE, "123456")
    signed = AuthorizationIn(device_id=DEVICE, signature="AAE=").shown()
    assert signed == SignatureShown(DEVICE, None, Signature(b"\x00\x01"))


@pytest.mark.parametrize("spelling", ["-_-_", "+/+/"])
def test_bytes_come_in_either_alphabet(spelling: str) -> None:
    browser = AuthorizationIn(
        device_id=DEVICE, signature=spelling, authenticator_data="AA", client_data_json="AAA", challenge_id=CHALLENGE
    )
    expected = Signature(b"\xfb\xff\xbf"[:3], b"\x00", b"\x00\x00")
    assert browser.shown() == SignatureShown(DEVICE, CHALLENGE, expected)


@pytest.mark.parametrize(
    ("pointer", "wrong"),
    [
        ("/authorization", AuthorizationIn()),
        ("/authorization", AuthorizationIn(code="123456")),
        ("/authorization", AuthorizationIn(challenge_id=CHALLENGE)),
        ("/authorization", AuthorizationIn(pin="428617", challenge_id=CHALLENGE)),
        ("/authorization", AuthorizationIn(pin="428617", challenge_id=CHALLENGE, code="123456")),
        ("/authorization", AuthorizationIn(device_id=DEVICE)),
        ("/authorization", AuthorizationIn(device_id=DEVICE, signature="AAAA", authenticator_data="AAAA")),
        ("/authorization", AuthorizationIn(device_id=DEVICE, signature="AAAA", code="123456")),
        ("/authorization/challenge_id", AuthorizationIn(challenge_id="chl_1", code="123456")),
        ("/authorization/device_id", AuthorizationIn(device_id="usr_1", signature="AAAA")),
        ("/authorization/signature", AuthorizationIn(device_id=DEVICE, signature="A")),
        ("/authorization/signature", AuthorizationIn(device_id=DEVICE, signature="A+_A")),
    ],
)
def test_anything_else_is_named_a47(pointer: str, wrong: AuthorizationIn) -> None:
    """A47."""
    with pytest.raises(Invalid) as refusal:
        wrong.shown()
    assert [problem.pointer for problem in refusal.value.problems] == [pointer]
