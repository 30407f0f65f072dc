"""What clients say of themselves, and what is said of them."""

import pytest

from wallet_api.clients.errors import ClientMalformed, PolicyRefused
from wallet_api.clients.model import Client, ClientPolicy, admit, client_of, version_of

STORE = "https://apps.example.com/wallet"
POLICY = ClientPolicy("ios", "3.2", "3.10.1", STORE)


def test_a_client_names_itself_its_platform_and_its_version() -> None:
    assert client_of("app/ios/3.2.1") == Client("app", "ios", (3, 2, 1, 0))
    assert client_of("merchant-app/harmony/10") == Client("merchant-app", "harmony", (10, 0, 0, 0))


@pytest.mark.parametrize(
    "header",
    [
        "", "app", "app/ios", "app/ios/", "app/ios/3.2.1/x", "App/ios/3", "app/iOS/3", "app/ios/3.", "app/ios/.3",
        "app/ios/3..2", "app/ios/03", "app/ios/3.2.1.0.1", "app/ios/3.2-beta", "app/ios/３", "app/ios/٣", " app/ios/3",
        "app/ios/3 ", "app/ios/3\n", "app//3", "app/ios/1234567", "=app/ios/3", "app/ios/" + "1." * 20, "a" * 33 + "/ios/3",
    ],
)  # fmt: skip
def test_what_is_no_client_is_not_guessed_at(header: str) -> None:
    """P13: other scripts' digits, spaces and endless texts as well."""
    with pytest.raises(ClientMalformed):
        client_of(header)


@pytest.mark.parametrize(
    ("version", "standing"),
    [
        ("3.1.9", "update_required"),
        ("3.2", "update_advised"),
        ("3.2.0", "update_advised"),
        ("3.9.99", "update_advised"),
        ("3.10.1", "supported"),
        ("3.10.1.1", "supported"),
        ("4", "supported"),
    ],
)
def test_versions_are_compared_by_their_numbers(version: str, standing: str) -> None:
    assert POLICY.standing(version_of(version)) == standing


@pytest.mark.parametrize(
    ("policy", "pointer"),
    [
        (ClientPolicy("iOS", "3", "3", STORE), "/platform"),
        (ClientPolicy("ios", "3.x", "3", STORE), "/minimum"),
        (ClientPolicy("ios", "3", "", STORE), "/advised"),
        (ClientPolicy("ios", "4", "3.9", STORE), "/minimum"),
        (ClientPolicy("ios", "3", "3", "http://apps.example.com"), "/store_url"),
        (ClientPolicy("ios", "3", "3", "javascript:alert(1)"), "/store_url"),
        (ClientPolicy("ios", "3", "3", "https://apple.com@evil.example"), "/store_url"),
        (ClientPolicy("ios", "3", "3", "https://[::1"), "/store_url"),
        (ClientPolicy("ios", "3", "3", "https:///x"), "/store_url"),
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(policy: ClientPolicy, pointer: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        admit(policy)
    assert [problem.pointer for problem in refused.value.problems] == [pointer]


def test_a_policy_that_makes_sense_is_admitted() -> None:
    assert admit(POLICY) is POLICY
