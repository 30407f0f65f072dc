"""Signatures against the RFC's own example, and requests as two kinds of gateway hand them over."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from msgspec.structs import replace

from wallet_api.signatures.errors import SignatureInvalid
from wallet_api.signatures.model import SignedRequest, claimed, require_holds, require_timely

KEY = b"""-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
"""
BODY = b'{"hello": "world"}'
INPUT = '("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"'
SIGNATURE = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
REQUEST = SignedRequest(
    method="POST",
    scheme="https",
    authority="example.com",
    path="/foo",
    query=(("param", "Value"), ("Pet", "dog")),
    headers={
        "host": "example.com",
        "date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "content-type": "application/json",
        "content-length": "18",
        "signature-input": f"sig-b26={INPUT}",
        "signature": f"sig-b26=:{SIGNATURE}:",
    },
    body=BODY,
    token="one",
)


def reason_of(request: SignedRequest) -> str:
    with pytest.raises(SignatureInvalid) as refused:
        require_holds(request, "ed25519", load_pem_public_key(KEY), show_base=False)
    return str(refused.value.facts["reason"])


def test_the_example_of_rfc_9421_b_2_6_holds_and_covers_too_little_for_us() -> None:
    """P17: its signature is right, and says nothing of the body or the query. Changed by a letter, it is wrong."""
    assert reason_of(REQUEST) == "not_covered"
    assert reason_of(replace(REQUEST, path="/bar")) == "mismatch"
    assert reason_of(replace(REQUEST, authority="example.org")) == "mismatch"
    assert reason_of(replace(REQUEST, headers={**REQUEST.headers, "content-length": "19"})) == "mismatch"


def test_the_example_names_no_nonce_so_it_could_be_replayed() -> None:
    with pytest.raises(SignatureInvalid) as refused:
        claimed(REQUEST)
    assert refused.value.facts["reason"] == "malformed"


@pytest.mark.parametrize(
    "given",
    [
        "",
        "sig1",
        "sig1=1",
        "sig1=()",
        'sig1=();keyid="k";created=1',
        'sig1=();keyid=k;nonce="0123456789abcdef";created=1',
        'sig1=();keyid="k";nonce="0123456789abcdef";created="1"',
        'sig1=();keyid="k";nonce="0123456789abcdef";created=1.0',
        'sig1=();keyid="k";nonce="0123456789abcdef";created=1, sig2=();keyid="k"',
        'sig1=();keyid="k";nonce="0123456789abcdef";created=1;expires=?1',
    ],
)
def test_what_says_nothing_of_itself_is_malformed(given: str) -> None:
    """P22: whatever stands there is a refusal and never a fault."""
    with pytest.raises(SignatureInvalid) as refused:
        claimed(replace(REQUEST, headers={**REQUEST.headers, "signature-input": given}))
    assert refused.value.facts["reason"] == "malformed"


def test_a_claim_is_timely_to_the_second() -> None:
    """P19."""
    text = 'sig1=();keyid="k";nonce="0123456789abcdef";created=1800000000'
    claim = claimed(replace(REQUEST, headers={**REQUEST.headers, "signature-input": text}))
    now = datetime.fromtimestamp(1_800_000_000, UTC)
    for seconds in (-300, 0, 300):
        require_timely(claim, now + timedelta(seconds=seconds))
    for seconds in (-301, 301):
        with pytest.raises(SignatureInvalid):
            require_timely(claim, now + timedelta(seconds=seconds))


def test_a_query_is_written_as_it_came_or_sorted() -> None:
    request = replace(REQUEST, query=(("b", "2 3"), ("a", "é/~")))
    assert request.queries == ("b=2%203&a=%C3%A9%2F~", "a=%C3%A9%2F~&b=2%203")
    assert replace(REQUEST, query=()).queries == ("",)
