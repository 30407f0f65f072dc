"""The merchant-presented code of EMVCo: a text of data objects, each a two-digit id, a two-digit length and a value.

Lengths count characters, not bytes, as in EMVCo's own example with a Chinese name; the check sum is over the UTF-8 bytes.
It finds damage, not tampering, so a code of ours carries a keyed signature over everything that it says.

Source: EMV QR Code Specification for Payment Systems, Merchant-Presented Mode, version 1.1.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64encode
from collections.abc import Iterable

from wallet_api.ids import is_id
from wallet_api.mandates.model import Mandate
from wallet_api.merchants.model import Profile
from wallet_api.money import decimal_text
from wallet_api.outlets.model import Place
from wallet_api.payments.model import Payment
from wallet_api.scans.errors import CodeDamaged, CodeNotGenuine, CodeNotOurs
from wallet_api.storage.keys import Keys, same

HOME_CURRENCY = "CNY"
MAX_CODE = 512
"""In characters: the largest payload that EMVCo allows."""

STATIC, DYNAMIC = "11", "12"
"""Point of initiation: a code that many may scan, on a wall or in an app, and a code for one payment."""

PAYLOAD_FORMAT, POINT_OF_INITIATION, ACCOUNT, CATEGORY, CURRENCY, AMOUNT = "00", "01", "26", "52", "53", "54"
COUNTRY, NAME, CITY, ADDITIONAL, CHECK_SUM, LANGUAGE = "58", "59", "60", "62", "63", "64"
DOMAIN, PAYMENT_ID, SIGNATURE, OUTLET_ID, PERSON_ID, MANDATE_ID = "00", "01", "02", "03", "04", "05"
NAMED = {PAYMENT_ID: "pay", OUTLET_ID: "out", PERSON_ID: "usr", MANDATE_ID: "man"}
"""What a code may name, and the prefix of its id; a code names one thing."""
STORE_LABEL, REFERENCE_LABEL = "03", "05"
NO_CATEGORY, NOBODYS_NAME, NOWHERE = "0000", "WALLET USER", "ONLINE"
"""What stands where EMVCo wants a merchant, in the code of a person: nothing personal is written into a picture."""
OUR_TEMPLATES = tuple(str(number) for number in range(26, 52))
"""The ids that EMVCo leaves to payment networks like ours."""

MAX_NAME, MAX_CITY, MAX_REFERENCE = 25, 15, 25
_SIGNATURE_BYTES = 16

DataObject = tuple[str, str]

_NUMERIC = """
AED784 AFN971 ALL008 AMD051 AOA973 ARS032 AUD036 AWG533 AZN944 BAM977 BBD052 BDT050 BGN975 BHD048 BIF108 BMD060
BND096 BOB068 BRL986 BSD044 BTN064 BWP072 BYN933 BZD084 CAD124 CDF976 CHF756 CLP152 CNY156 COP170 CRC188 CUP192 CVE132
CZK203 DJF262 DKK208 DOP214 DZD012 EGP818 ERN232 ETB230 EUR978 FJD242 FKP238 GBP826 GEL981 GHS936 GIP292 GMD270 GNF324
GTQ320 GYD328 HKD344 HNL340 HTG332 HUF348 IDR360 ILS376 INR356 IQD368 IRR364 ISK352 JMD388 JOD400 JPY392 KES404 KGS417
KHR116 KMF174 KPW408 KRW410 KWD414 KYD136 KZT398 LAK418 LBP422 LKR144 LRD430 LSL426 LYD434 MAD504 MDL498 MGA969 MKD807
MMK104 MNT496 MOP446 MRU929 MUR480 MVR462 MWK454 MXN484 MYR458 MZN943 NAD516 NGN566 NIO558 NOK578 NPR524 NZD554 OMR512
PAB590 PEN604 PGK598 PHP608 PKR586 PLN985 PYG600 QAR634 RON946 RSD941 RUB643 RWF646 SAR682 SBD090 SCR690 SDG938 SEK752
SGD702 SHP654 SLE925 SOS706 SRD968 SSP728 STN930 SVC222 SYP760 SZL748 THB764 TJS972 TMT934 TND788 TOP776 TRY949 TTD780
TWD901 TZS834 UAH980 UGX800 USD840 UYU858 UZS860 VED926 VES928 VND704 VUV548 WST882 XAF950 XCD951 XCG532 XOF952 XPF953 YER886
ZAR710 ZMW967 ZWG924
"""
_NUMERIC_CODES = {each[:3]: each[3:] for each in _NUMERIC.split()}


def numeric_code(currency: str) -> str:
    """The three digits that ISO 4217 gives a currency. Raises KeyError for an unknown one."""
    return _NUMERIC_CODES[currency]


def written(objects: Iterable[DataObject]) -> str:
    """Data objects as text. Raises ValueError for a value that is empty or longer than 99 characters."""
    parts = []
    for name, value in objects:
        if not 0 < len(value) <= 99:
            raise ValueError(f"the data object {name} has {len(value)} characters")
        parts.append(f"{name}{len(value):02d}{value}")
    return "".join(parts)


def with_check_sum(objects: Iterable[DataObject]) -> str:
    """Data objects as a whole payload, its check sum last."""
    text = f"{written(objects)}{CHECK_SUM}04"
    return text + _check_sum(text)


def read_objects(text: str) -> dict[str, str]:
    """The data objects of a text or of a template's value, by id. Raises CodeDamaged for what does not add up."""
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        head = text[place : place + 4]
        if len(head) != 4 or not (head.isascii() and head.isdigit()):
            raise CodeDamaged
        name, length = head[:2], int(head[2:])
        value = text[place + 4 : place + 4 + length]
        if length == 0 or len(value) != length or name in found:
            raise CodeDamaged
        found[name] = value
        place += 4 + length
    return found


def read_payload(text: str) -> dict[str, str]:
    """The data objects of anybody's payload. Raises CodeNotOurs for other texts, CodeDamaged for a wrong check sum."""
    if len(text) > MAX_CODE or not text.startswith(f"{PAYLOAD_FORMAT}02"):
        raise CodeNotOurs
    objects = read_objects(text)
    if next(reversed(objects)) != CHECK_SUM or objects[CHECK_SUM].upper() != _check_sum(text[:-4]):
        raise CodeDamaged
    return objects


def payment_code(keys: Keys, domain: str, payment: Payment) -> str:
    """The code of a payment, signed. `domain` is the reverse domain name that makes a code ours."""
    merchant, order_id = payment.order.merchant, payment.order.order_id
    objects = _of_merchant(DYNAMIC, merchant, numeric_code(payment.amount.currency))
    objects[AMOUNT] = decimal_text(payment.amount)
    if order_id is not None and len(order_id) <= MAX_REFERENCE and order_id.isascii():
        objects[ADDITIONAL] = written([(REFERENCE_LABEL, order_id)])
    return _signed(keys, domain, PAYMENT_ID, payment.id, objects)


def outlet_code(keys: Keys, domain: str, place: Place) -> str:
    """The code that hangs on an outlet's wall, signed; whoever scans it types the amount."""
    objects = _of_merchant(STATIC, place.standing.profile, numeric_code(HOME_CURRENCY))
    objects[ADDITIONAL] = written([(STORE_LABEL, place.outlet.label)])
    return _signed(keys, domain, OUTLET_ID, place.outlet.id, objects)


def mandate_code(keys: Keys, domain: str, mandate: Mandate) -> str:
    """The code of a mandate that waits for its customer, signed; it carries no amount, since nothing is paid by confirming."""
    objects = _of_merchant(DYNAMIC, mandate.merchant, numeric_code(mandate.currency))
    return _signed(keys, domain, MANDATE_ID, mandate.id, objects)


def person_code(keys: Keys, domain: str, person_id: str) -> str:
    """The code that a person shows to be sent money, signed."""
    objects = {PAYLOAD_FORMAT: "01", POINT_OF_INITIATION: STATIC, ACCOUNT: "", CATEGORY: NO_CATEGORY}
    objects |= {CURRENCY: numeric_code(HOME_CURRENCY), COUNTRY: "CN", NAME: NOBODYS_NAME, CITY: NOWHERE}
    return _signed(keys, domain, PERSON_ID, person_id, objects)


def id_in(keys: Keys, domain: str, text: str) -> str:
    """The id of what a code of ours names: a payment, an outlet, a mandate or a person. Raises CodeNotOurs, CodeDamaged, CodeNotGenuine."""
    objects = read_payload(text)
    for template in OUR_TEMPLATES:
        if not objects.get(template, "").startswith(written([(DOMAIN, domain)])):
            continue
        account = read_objects(objects[template])
        given = account.pop(SIGNATURE, "").encode()
        made = (_signature(keys, version, template, account, objects).encode() for version in keys.versions)
        named = [f"{prefix}_{account[name]}" for name, prefix in NAMED.items() if name in account]
        if len(named) != 1 or not any(same(given, each) for each in made) or not is_id(named[0], named[0][:3]):
            raise CodeNotGenuine
        return named[0]
    raise CodeNotOurs


def _of_merchant(initiation: str, merchant: Profile, currency: str) -> dict[str, str]:
    objects = {PAYLOAD_FORMAT: "01", POINT_OF_INITIATION: initiation, ACCOUNT: "", CATEGORY: merchant.category}
    objects |= {CURRENCY: currency, AMOUNT: "", COUNTRY: merchant.country}
    objects |= {NAME: merchant.latin_name[:MAX_NAME], CITY: merchant.latin_city[:MAX_CITY], ADDITIONAL: ""}
    if not merchant.name.isascii():
        local = [("00", "ZH"), ("01", merchant.name[:MAX_NAME]), ("02", merchant.city[:MAX_CITY])]
        objects[LANGUAGE] = written(local)
    return objects


def _signed(keys: Keys, domain: str, name: str, identifier: str, found: dict[str, str]) -> str:
    objects = {tag: value for tag, value in found.items() if value or tag == ACCOUNT}
    account = {DOMAIN: domain, name: identifier.partition("_")[2]}
    account[SIGNATURE] = _signature(keys, keys.current, ACCOUNT, account, objects)
    objects[ACCOUNT] = written(account.items())
    return with_check_sum(objects.items())


def _signature(keys: Keys, version: int, template: str, account: dict[str, str], objects: dict[str, str]) -> str:
    """Over every data object but the check sum, with the template's own objects in the place of its value."""
    parts = [f"{template}{name}={value}" for name, value in account.items() if name != SIGNATURE]
    parts += [f"{name}={value}" for name, value in objects.items() if name not in (template, CHECK_SUM)]
    digest = keys.digest("payment-code", *parts, version=version)[:_SIGNATURE_BYTES]
    return urlsafe_b64encode(digest).decode("ascii").rstrip("=")


def _check_sum(text: str) -> str:
    """CRC-16 with the polynomial 1021 and the initial value FFFF (ISO/IEC 13239), four hexadecimal digits."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"
