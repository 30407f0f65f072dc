"""Personal data at rest: sealed to one person and one field, and closed when the key service is."""

from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from dev.cloud.local import LocalCloud
from wallet_api.storage import crypto
from wallet_api.storage.crypto import FieldCipher, KeyServiceDown, SealBroken

ADA, BO = "usr_ada", "usr_bo"


class CountedKms:
    """The local KMS behind a counter; with `failure` set it is down (moto goes on decrypting with a disabled key)."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.failure: Exception | None = None

    def __getattr__(self, name: str) -> Any:
        def ask(**arguments: Any) -> Any:
            self.asked.append((name, arguments))
            if self.failure is not None:
                raise self.failure
            return getattr(self.real, name)(**arguments)

        return ask


class AnybodysKms:
    """A key service that asks for whom a key was wrapped, and believes whatever it is told."""

    def __init__(self, real: Any, owner: str) -> None:
        self.real, self.owner = real, owner

    def decrypt(self, **arguments: Any) -> Any:
        arguments["EncryptionContext"] = {**arguments["EncryptionContext"], "owner": self.owner}
        return self.real.decrypt(**arguments)


@pytest.fixture
def kms(cloud: LocalCloud) -> CountedKms:
    return CountedKms(cloud.session.create_client("kms", region_name=cloud.region))


@pytest.fixture
def cipher(cloud: LocalCloud, kms: CountedKms) -> FieldCipher:
    return FieldCipher(kms, cloud.wallet.settings.field_key, cloud.clock)


def test_what_is_sealed_opens_again_and_shows_nothing(cipher: FieldCipher) -> None:
    key = cipher.new_key(ADA)
    sealed = cipher.seal(ADA, key, "phone", "+8613800138000")
    assert cipher.open(ADA, key, "phone", sealed) == "+8613800138000"
    assert b"138" not in sealed
    assert cipher.seal(ADA, key, "phone", "+8613800138000") != sealed
    assert cipher.open(ADA, key, "name", cipher.seal(ADA, key, "name", "")) == ""


def test_a_copied_ciphertext_does_not_open(cipher: FieldCipher) -> None:
    """D5, S44: neither with another person, nor in another field, nor with the other person's key."""
    ada, bo = cipher.new_key(ADA), cipher.new_key(BO)
    sealed = cipher.seal(ADA, ada, "phone", "+8613800138000")
    for owner, key, field in ((BO, bo, "phone"), (ADA, ada, "name"), (ADA, bo, "phone"), (BO, ada, "phone")):
        with pytest.raises(SealBroken):
            cipher.open(owner, key, field, sealed)


def test_it_opens_for_its_person_alone_even_when_everybody_has_one_key(cipher: FieldCipher, kms: CountedKms) -> None:
    """D5: who could make KMS forget for whom it wrapped a key would still read nothing under another's id."""
    key = cipher.new_key(ADA)
    sealed = cipher.seal(ADA, key, "phone", "+8613800138000")
    kms.real = AnybodysKms(kms.real, ADA)
    assert cipher.open(ADA, key, "phone", sealed) == "+8613800138000"
    with pytest.raises(SealBroken):
        cipher.open(BO, key, "phone", sealed)


@pytest.mark.parametrize("change", ["flip", "cut", "version", "empty"])
def test_a_changed_ciphertext_does_not_open(cipher: FieldCipher, change: str) -> None:
    """D5."""
    key = cipher.new_key(ADA)
    sealed = cipher.seal(ADA, key, "phone", "+8613800138000")
    changed = {
        "flip": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "cut": sealed[:7],
        "version": b"\x02" + sealed[1:],
        "empty": b"",
    }
    with pytest.raises(SealBroken):
        cipher.open(ADA, key, "phone", changed[change])


def test_the_encryption_context_holds_ids_alone(cipher: FieldCipher, kms: CountedKms) -> None:
    """D5: CloudTrail logs it in clear."""
    cipher.seal(ADA, cipher.new_key(ADA), "phone", "+8613800138000")
    for _, arguments in kms.asked:
        assert arguments["EncryptionContext"] == {"purpose": "personal-data", "owner": ADA}


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "DisabledException", "Message": ""}}, "Decrypt"),
        ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "Decrypt"),
        ClientError({"Error": {"Code": "AccessDeniedException", "Message": ""}}, "Decrypt"),
        EndpointConnectionError(endpoint_url="https://kms"),
    ],
    ids=["disabled", "throttled", "denied", "unreachable"],
)
def test_without_the_key_service_nothing_is_read_or_written(
    cloud: LocalCloud, kms: CountedKms, cipher: FieldCipher, failure: Exception
) -> None:
    """D7, S44: it fails closed; there is no way around it in plain text."""
    key = cipher.new_key(ADA)
    sealed = cipher.seal(ADA, key, "phone", "+8613800138000")
    cold = FieldCipher(kms, cloud.wallet.settings.field_key, cloud.clock)
    kms.failure = failure
    for use in (
        lambda: cold.new_key(BO),
        lambda: cold.seal(ADA, key, "phone", "x"),
        lambda: cold.open(ADA, key, "phone", sealed),
    ):
        with pytest.raises(KeyServiceDown):
            use()


def test_a_data_key_is_kept_for_a_bounded_time(cloud: LocalCloud, kms: CountedKms, cipher: FieldCipher) -> None:
    """D7."""
    key = cipher.new_key(ADA)
    cipher.seal(ADA, key, "phone", "x")
    assert [name for name, _ in kms.asked] == ["generate_data_key"]
    cloud.clock.advance(crypto.CACHE_AGE + timedelta(seconds=1))
    cipher.seal(ADA, key, "phone", "x")
    assert [name for name, _ in kms.asked] == ["generate_data_key", "decrypt"]


def test_a_data_key_is_kept_for_a_bounded_number_of_uses(
    kms: CountedKms, cipher: FieldCipher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D7."""
    monkeypatch.setattr(crypto, "CACHE_USES", 3)
    key = cipher.new_key(ADA)
    for _ in range(8):
        cipher.seal(ADA, key, "phone", "x")
    assert [name for name, _ in kms.asked].count("decrypt") == 2


def test_only_so_many_data_keys_are_kept(kms: CountedKms, cipher: FieldCipher, monkeypatch: pytest.MonkeyPatch) -> None:
    """D7: those used last stay."""
    monkeypatch.setattr(crypto, "CACHED_KEYS", 2)
    first, second = cipher.new_key(ADA), cipher.new_key(BO)
    cipher.seal(ADA, first, "phone", "x")
    cipher.new_key("usr_cy")
    cipher.seal(ADA, first, "phone", "x")
    assert [name for name, _ in kms.asked].count("decrypt") == 0
    cipher.seal(BO, second, "phone", "x")
    assert [name for name, _ in kms.asked].count("decrypt") == 1
