"""EMVCo's merchant-presented code: published payloads read, ours read back, and nothing that was changed passes."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_api.ids import new_id
from wallet_api.merchants.model import Profile
from wallet_api.money import MAX_AMOUNT, Money, currencies, decimal_text
from wallet_api.payments.model import MAX_PAYMENT, Order, Payment
from wallet_api.scans.errors import CodeDamaged, CodeNotGenuine, CodeNotOurs
from wallet_api.scans.model import (
    MAX_CODE,
    id_in,
    numeric_code,
    payment_code,
    read_objects,
    read_payload,
    with_check_sum,
    written,
)
from wallet_api.storage.keys import Keys

KEYS = Keys({1: b"k" * 64})
DOMAIN = "com.example.pay"
NOW = datetime(2026, 11, 22, 1, 5, tzinfo=UTC)
PRICE = Money(1250, "CNY")

EMVCO_EXAMPLE = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING"
    "64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A011223344998877070812"
    "345678"
    "6304A13A"
)
"""EMV QR Code Specification for Payment Systems, Merchant-Presented Mode, version 1.1, annex B."""
DONGRI_EXAMPLE = "0002010102121516ABCDEF123456789052045311530339254039995802JP5906DONGRI6005TOKYO62240104hoge0504fuga0704piyo63043FE6"
"""From the manual of an independent library in Go (dongri/emv-qrcode)."""
MERCARI_EXAMPLE = (
    "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115303156540523.725502015802CN"
    "5914BEST TRANSPORT6007BEIJING6233030412340603***0708A60086670902ME64200002ZH0104最佳运输0202北京8036003239401ff0c21a4"
    "543a8ed5fbaa30ab02e81360032c2fbf6dd646f4f36b617f10747c0b96163046F32"
)
"""From the tests of another one (mercari/go-emv-code)."""

TEA_HOUSE = Profile("翠湖茶馆", "CUIHU TEA HOUSE", "昆明", "KUNMING", "CN", "5814")
PLAIN = Profile("Tea & Co", "Tea & Co", "Kunming", "Kunming", "CN", "5814")


def a_payment(
    amount: Money = PRICE, merchant: Profile = TEA_HOUSE, order_id: str = "A-17", at: datetime = NOW
) -> Payment:
    order = Order(order_id, "tea", {}, merchant)
    return Payment(new_id("pay", at), "mer_1", "requires_confirmation", amount, order, at, at + timedelta(minutes=15))


def test_a_web_address_or_any_other_text_is_not_ours() -> None:
    """P36: scanned text is data; an unknown scheme, a foreign host and an over-long text are refused."""
    texts = [
        "https://example.com/pay",
        "javascript:alert(1)",
        "otpauth://totp/x",
        "",
        "0",
        "000301",
        "weixin://wxpay/bizpayurl",
    ]
    for text in [*texts, EMVCO_EXAMPLE, DONGRI_EXAMPLE, EMVCO_EXAMPLE[:-4] + "9" * MAX_CODE]:
        with pytest.raises(CodeNotOurs):
            id_in(KEYS, DOMAIN, text)


def test_a_code_of_another_deployment_is_not_ours() -> None:
    code = payment_code(KEYS, "org.example.bank", a_payment())
    with pytest.raises(CodeNotOurs):
        id_in(KEYS, DOMAIN, code)


def test_a_code_made_with_another_key_is_not_genuine() -> None:
    """P33: the check sum fits, the signature does not."""
    code = payment_code(Keys({1: b"x" * 64}), DOMAIN, a_payment())
    with pytest.raises(CodeNotGenuine):
        id_in(KEYS, DOMAIN, code)


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("540512.50", "540502.50"),
        ("5303156", "5303392"),
        ("CUIHU TEA HOUSE", "CUIHU TEA HORSE"),
        ("翠湖茶馆", "翠湖酒馆"),
        ("KUNMING", "KUNMENG"),
        ("010212", "010211"),
        ("52045814", "52045815"),
        ("5802CN", "5802JP"),
        ("0504A-17", "0504A-18"),
    ],
)
def test_whatever_is_changed_in_a_code_shows_even_when_the_check_sum_is_made_to_fit(part: str, other: str) -> None:
    """P33: CRC-16 finds damage, not tampering; the signature covers all that the code says."""
    code = payment_code(KEYS, DOMAIN, a_payment())
    assert part in code
    objects = read_objects(code.replace(part, other)[:-8])
    with pytest.raises(CodeNotGenuine):
        id_in(KEYS, DOMAIN, with_check_sum(objects.items()))
    with pytest.raises(CodeDamaged):
        id_in(KEYS, DOMAIN, code.replace(part, other))


def test_the_payment_in_a_code_cannot_be_exchanged() -> None:
    mine, dearer = a_payment(), a_payment(Money(99_900, "CNY"))
    code = payment_code(KEYS, DOMAIN, mine)
    exchanged = read_objects(code.replace(mine.id[4:], dearer.id[4:])[:-8])
    with pytest.raises(CodeNotGenuine):
        id_in(KEYS, DOMAIN, with_check_sum(exchanged.items()))


@given(st.data())
def test_any_single_character_that_is_read_wrongly_is_noticed(data: st.DataObject) -> None:
    code = payment_code(KEYS, DOMAIN, a_payment())
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda sign: sign.upper() != code[place].upper()))
    with pytest.raises((CodeDamaged, CodeNotOurs)):
        id_in(KEYS, DOMAIN, code[:place] + other + code[place + 1 :])


@given(st.text(max_size=200))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    for candidate in (text, f"000201{text}", with_check_sum([("00", "01")]) + text):
        with pytest.raises((CodeDamaged, CodeNotOurs)):
            id_in(KEYS, DOMAIN, candidate)


def test_published_payloads_are_read() -> None:
    """EMVCo's own example counts characters in lengths and bytes in the check sum."""
    objects = read_payload(EMVCO_EXAMPLE)
    assert (objects["59"], objects["60"], objects["54"], objects["53"]) == ("BEST TRANSPORT", "BEIJING", "23.72", "156")
    assert read_objects(objects["64"]) == {"00": "ZH", "01": "最佳运输", "02": "北京"}
    assert read_objects(objects["29"]) == {"00": "D15600000000", "05": "A93FO3230Q"}
    assert read_payload(DONGRI_EXAMPLE)["59"] == "DONGRI"
    assert read_objects(read_payload(MERCARI_EXAMPLE)["64"])["01"] == "最佳运输"


@pytest.mark.parametrize("example", [EMVCO_EXAMPLE, DONGRI_EXAMPLE, MERCARI_EXAMPLE])
def test_published_payloads_are_written_the_same(example: str) -> None:
    objects = read_payload(example)
    assert objects.pop("63") == example[-4:]
    assert with_check_sum(objects.items()) == example


@pytest.mark.parametrize("text", ["5", "59", "5905", "5905abc", "5900", "ab02xy", "5902ab5902ab", "59０２ab"])
def test_a_text_that_does_not_add_up_is_damaged(text: str) -> None:
    with pytest.raises(CodeDamaged):
        read_objects(text)


SURROGATES: tuple[Literal["Cs"]] = ("Cs",)
values = st.text(st.characters(codec="utf-8", exclude_categories=SURROGATES), min_size=1, max_size=99)
names = st.integers(0, 99).map("{:02d}".format)


@given(st.dictionaries(names, values, max_size=8))
def test_what_is_written_is_read_back(objects: dict[str, str]) -> None:
    assert read_objects(written(objects.items())) == objects
    assert list(read_objects(written(objects.items()))) == list(objects)


@given(values, st.integers(1, 30))
def test_a_value_without_characters_or_with_more_than_99_cannot_be_written(value: str, more: int) -> None:
    for bad in ("", (value * 100)[: 99 + more]):
        with pytest.raises(ValueError, match="the data object 59"):
            written([("59", bad)])


latin = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=60)
amounts = st.builds(Money, st.integers(1, MAX_PAYMENT), st.sampled_from(currencies()))


@given(amounts, latin, latin, st.text(st.characters(codec="utf-8"), min_size=1, max_size=64))
def test_every_payment_has_a_code_that_names_it_and_fits(amount: Money, name: str, city: str, order_id: str) -> None:
    for merchant in (
        Profile(name, name, city, city, "CN", "5814"),
        Profile("翠湖" * 40, name, "昆明", city, "CN", "5814"),
    ):
        payment = a_payment(amount, merchant, order_id)
        code = payment_code(KEYS, DOMAIN, payment)
        assert id_in(KEYS, DOMAIN, code) == payment.id
        assert len(code) <= MAX_CODE
        assert len(read_payload(code)["54"]) <= 13


def test_a_code_says_what_emvco_wants() -> None:
    """P33: point of initiation 12 is a dynamic code; names that are not Latin stand in template 64."""
    objects = read_payload(payment_code(KEYS, DOMAIN, a_payment()))
    assert next(iter(objects)) == "00"
    assert list(objects)[-1] == "63"
    assert objects["01"] == "12"
    assert (objects["52"], objects["53"], objects["54"], objects["58"]) == ("5814", "156", "12.50", "CN")
    assert (objects["59"], objects["60"]) == ("CUIHU TEA HOUSE", "KUNMING")
    assert read_objects(objects["62"]) == {"05": "A-17"}
    assert read_objects(objects["64"]) == {"00": "ZH", "01": "翠湖茶馆", "02": "昆明"}
    assert "64" not in read_payload(payment_code(KEYS, DOMAIN, a_payment(merchant=PLAIN)))
    assert "62" not in read_payload(payment_code(KEYS, DOMAIN, a_payment(order_id="x" * 26)))


def test_a_code_outlives_the_rotation_of_the_master_secret() -> None:
    code = payment_code(KEYS, DOMAIN, payment := a_payment())
    rotated = Keys({1: b"k" * 64, 2: b"n" * 64})
    assert id_in(rotated, DOMAIN, code) == payment.id


def test_every_currency_has_its_number_and_the_largest_amount_fits() -> None:
    numbers = [numeric_code(currency) for currency in currencies()]
    assert len(set(numbers)) == len(numbers)
    assert all(len(number) == 3 and number.isdigit() for number in numbers)
    assert [numeric_code(code) for code in ("CNY", "JPY", "EUR", "USD", "KWD")] == ["156", "392", "978", "840", "414"]
    assert all(len(decimal_text(Money(MAX_PAYMENT, currency))) <= 13 for currency in currencies())
    assert any(len(decimal_text(Money(MAX_AMOUNT, currency))) > 13 for currency in currencies())
