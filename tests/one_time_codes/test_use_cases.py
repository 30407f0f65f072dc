"""One-time codes: one purpose, one subject, one use, five tries, ten minutes."""

import re
from dataclasses import dataclass, field
from typing import get_args

import pytest
from msgspec.structs import replace

from dev.cloud.local import LocalCloud
from tests.client import Api
from tests.identity import at_once, other_than
from wallet_api.errors import WalletError
from wallet_api.gateways.errors import MessageNotSent
from wallet_api.one_time_codes import use_cases
from wallet_api.one_time_codes.errors import CodeExpired, CodeUsedUp, ResendTooSoon, TooManyMessages, WrongCode
from wallet_api.one_time_codes.model import Issued, Locale, Proof, Purpose
from wallet_api.one_time_codes.store import CODE, CodeItem
from wallet_api.one_time_codes.use_cases import OneTimeCodes

PHONE = "+8613812345678"
SUBJECT = "chl_01KAMS3Q0V5T1C9D9SZ3GZ2WQY"


@dataclass
class Outbox:
    """Both companies at once: keeps what was sent, or fails when told so."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    fails: bool = False

    def send(self, to: str, *words: str) -> None:
        if self.fails:
            raise MessageNotSent
        self.sent.append((to, words[-1]))

    def code(self) -> str:
        found = re.search(r"\d{6}", self.sent[-1][1])
        assert found
        return found.group()


@pytest.fixture
def outbox() -> Outbox:
    return Outbox()


@pytest.fixture
def codes(cloud: LocalCloud, outbox: Outbox) -> OneTimeCodes:
    return replace(cloud.wallet.one_time_codes, sms=outbox, mail=outbox)


def issue(codes: OneTimeCodes, purpose: Purpose = "login", subject: str = SUBJECT, to: str = PHONE) -> Issued:
    return codes.issue(purpose, subject, channel="sms", to=to, locale="en")


def seconds_of(refusal: WalletError) -> int:
    """When to come again."""
    seconds = refusal.facts["retry_after_seconds"]
    assert isinstance(seconds, int)
    return seconds


def again(codes: OneTimeCodes, code_id: str, to: str = PHONE) -> Issued:
    return codes.resend(code_id, "login", SUBJECT, channel="sms", to=to, locale="en")


def test_the_code_that_was_sent_works_once(codes: OneTimeCodes, outbox: Outbox) -> None:
    """A17."""
    issued = issue(codes)
    assert codes.verify(issued.id, "login", SUBJECT, outbox.code()).channel == "sms"
    with pytest.raises(CodeUsedUp):
        codes.verify(issued.id, "login", SUBJECT, outbox.code())


def test_of_parallel_right_codes_one_counts(codes: OneTimeCodes, outbox: Outbox, api: Api) -> None:
    """A17."""
    issued = issue(codes)

    def verified(_: Api) -> bool:
        try:
            codes.verify(issued.id, "login", SUBJECT, outbox.code())
        except CodeUsedUp:
            return False
        return True

    assert sum(at_once(5, verified, api)) == 1


def test_a_code_stops_after_ten_minutes(codes: OneTimeCodes, outbox: Outbox, cloud: LocalCloud) -> None:
    """A17: valid until t0 + 10 min; the item may still be there, and the clock decides (M24)."""
    late, in_time = issue(codes), outbox.code()
    cloud.clock.advance("10m")
    cloud.clock.advance("1s")
    with pytest.raises(CodeExpired):
        codes.verify(late.id, "login", SUBJECT, in_time)
    fresh = issue(codes)
    cloud.clock.advance("9m")
    codes.verify(fresh.id, "login", SUBJECT, outbox.code())


def test_a_code_serves_its_purpose_and_subject_alone(codes: OneTimeCodes, outbox: Outbox) -> None:
    """A18: not another sign-in, not another purpose, not under another id."""
    issued, other = issue(codes), issue(codes, subject="chl_other")
    first, second = (re.findall(r"\d{6}", text)[0] for _, text in outbox.sent)
    elsewhere: tuple[tuple[str, Purpose, str], ...] = (
        (issued.id, "login", "chl_other"),
        (issued.id, "payment_pin_reset", SUBJECT),
        (other.id, "login", SUBJECT),
    )
    for code_id, purpose, subject in elsewhere:
        with pytest.raises(WrongCode):
            codes.verify(code_id, purpose, subject, first)
    codes.verify(issued.id, "login", SUBJECT, first)
    codes.verify(other.id, "login", "chl_other", second)


def test_a_stranger_uses_no_try_of_anothers_code_up(codes: OneTimeCodes, outbox: Outbox) -> None:
    """P1, A18: where the id comes from outside and the subject is whoever asks."""
    issued = issue(codes)
    for _ in range(6):
        with pytest.raises(CodeUsedUp):
            codes.prove(issued.id, "login", "chl_other", outbox.code(), of_the_asker=True)
    codes.prove(issued.id, "login", SUBJECT, outbox.code(), of_the_asker=True)


def test_after_five_wrong_tries_the_right_code_is_dead(codes: OneTimeCodes, outbox: Outbox) -> None:
    """A20."""
    issued = issue(codes)
    left = []
    for _ in range(5):
        with pytest.raises(WrongCode) as wrong:
            codes.verify(issued.id, "login", SUBJECT, other_than(outbox.code()))
        left.append(wrong.value.facts["attempts_left"])
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(CodeUsedUp):
        codes.verify(issued.id, "login", SUBJECT, outbox.code())
    with pytest.raises(CodeUsedUp):
        again(codes, issued.id)


def test_fifty_guesses_at_once_are_five_evaluations(
    codes: OneTimeCodes, outbox: Outbox, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A12."""
    issued, wrong = issue(codes), other_than(outbox.code())
    evaluated: list[str] = []
    original = OneTimeCodes._is

    def counted(self: OneTimeCodes, item: CodeItem, purpose: Purpose, subject: str, code: str) -> bool:
        evaluated.append(code)
        return original(self, item, purpose, subject, code)

    monkeypatch.setattr(OneTimeCodes, "_is", counted)

    def guess(_: Api) -> None:
        with pytest.raises((WrongCode, CodeUsedUp)):
            codes.prove(issued.id, "login", SUBJECT, wrong)

    at_once(50, guess, api)
    assert len(evaluated) == 5


def test_a_code_is_kept_as_a_keyed_hash_with_neither_it_nor_its_address(codes: OneTimeCodes, outbox: Outbox) -> None:
    """A19."""
    issued = issue(codes)
    item = codes.storage.get(codes.items, issued.id, CODE)
    kept = repr(item.attribute_values if item else None)
    assert outbox.code() not in kept
    assert PHONE[3:] not in kept


def test_another_message_must_wait_longer_each_time_and_replaces_the_code(
    codes: OneTimeCodes, outbox: Outbox, cloud: LocalCloud
) -> None:
    """A21."""
    issued = issue(codes)
    first = outbox.code()
    with pytest.raises(ResendTooSoon) as soon:
        again(codes, issued.id)
    assert 58 <= seconds_of(soon.value) <= 60
    cloud.clock.advance("60s")
    once_more = again(codes, issued.id)
    assert once_more.id == issued.id
    assert (once_more.resend_at - cloud.clock.now()).total_seconds() > 110
    if first != outbox.code():
        with pytest.raises(WrongCode):
            codes.verify(issued.id, "login", SUBJECT, first)
    codes.verify(issued.id, "login", SUBJECT, outbox.code())


def test_tries_stay_counted_when_a_code_is_sent_again(codes: OneTimeCodes, outbox: Outbox, cloud: LocalCloud) -> None:
    """A20."""
    issued = issue(codes)
    for _ in range(4):
        with pytest.raises(WrongCode):
            codes.verify(issued.id, "login", SUBJECT, other_than(outbox.code()))
    cloud.clock.advance("60s")
    again(codes, issued.id)
    with pytest.raises(WrongCode):
        codes.verify(issued.id, "login", SUBJECT, other_than(outbox.code()))
    with pytest.raises(CodeUsedUp):
        codes.verify(issued.id, "login", SUBJECT, outbox.code())


def test_parallel_resends_send_one_message(codes: OneTimeCodes, outbox: Outbox, cloud: LocalCloud, api: Api) -> None:
    issued = issue(codes)
    cloud.clock.advance("60s")

    def sent(_: Api) -> bool:
        try:
            again(codes, issued.id)
        except ResendTooSoon:
            return False
        return True

    assert sum(at_once(5, sent, api)) == 1
    assert len(outbox.sent) == 2


def test_one_contact_gets_so_many_messages_and_no_more(codes: OneTimeCodes, outbox: Outbox, cloud: LocalCloud) -> None:
    """A15, A21: a stranger's flood is capped for each contact, whatever id it is asked under."""
    sent_per_day = 0
    for _ in range(200):
        try:
            issue(codes, purpose="registration")
            sent_per_day += 1
        except TooManyMessages as refused:
            seconds = seconds_of(refused)
            assert 0 < seconds <= 86_400
            if seconds > 600:
                break
            cloud.clock.advance(seconds)
    assert sent_per_day <= 15 + 15, "a day may begin while the test runs"
    told = len(outbox.sent)
    issue(codes, purpose="registration", to="+8613900000000")
    assert len(outbox.sent) == told + 1, "another contact is free"


def test_a_message_that_was_not_sent_says_so_and_may_be_asked_for_again(
    codes: OneTimeCodes, outbox: Outbox, cloud: LocalCloud
) -> None:
    """O13."""
    code_id, outbox.fails = codes.new_id(), True
    with pytest.raises(MessageNotSent):
        again(codes, code_id)
    outbox.fails = False
    cloud.clock.advance("60s")
    assert again(codes, code_id).id == code_id


def test_a_proof_counts_only_while_its_code_does(codes: OneTimeCodes, outbox: Outbox) -> None:
    issued = issue(codes)
    proof = codes.prove(issued.id, "login", SUBJECT, outbox.code())
    with pytest.raises(CodeUsedUp), codes.storage.atomic_write() as write:
        codes.spend(Proof(proof.code_id, "another hash", "sms"), write)
    with codes.storage.atomic_write() as write:
        codes.spend(proof, write)


def test_every_purpose_has_words_in_both_languages_that_name_the_code_and_its_life() -> None:
    texts = use_cases._texts()
    assert set(texts) == set(get_args(Purpose))
    for purpose, languages in texts.items():
        assert set(languages) == set(get_args(Locale))
        for locale, words in languages.items():
            with_code = words.with_code("123456").text
            assert words.subject
            assert ("never ask" in with_code) if locale == "en" else ("绝不会" in with_code)
            if purpose not in ("already_registered", "no_wallet", "no_wallet_to_freeze"):
                assert "123456" in with_code
                assert "10" in with_code
