"""A payment code as a phone shows it: derived, drawn as QR and Code 128, and as the NFC record that a tap carries.

This is the reference for clients: `derived` needs nothing but the standard library, and docs/guides show vectors of it. The
wallet itself never draws a customer's code; `GET /sandbox/payment_codes?user=` does, for a developer without a phone.
"""

import base64
import hmac
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wallet_api.wallet import Wallet

PREFIX, OTP_DIGITS, PERIOD_SECONDS = "47", 7, 20

_CODE_128 = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221
223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321
112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131
311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114
122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141
214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112
"""
"""ISO/IEC 15417, table 1: bars and spaces of each symbol character, in modules, beginning with a bar."""
_START_C, _STOP, _QUIET = 105, 106, 10


def derived(secret: str, alias: str, at: datetime) -> str:
    """The eighteen digits that a device shows at a time: RFC 6238 with HMAC-SHA-256, seven digits, steps of twenty seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    step = int(at.timestamp()) // PERIOD_SECONDS
    digest = hmac.digest(key, step.to_bytes(8, "big"), "sha256")
    start = digest[-1] & 15
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFF_FFFF
    return f"{PREFIX}{alias}{number % 10**OTP_DIGITS:0{OTP_DIGITS}}"


def code_128(digits: str) -> str:
    """The modules of a Code 128 symbol of an even number of digits (code set C), `1` for a bar, with its quiet zones.

    Raises ValueError for anything else.
    """
    if not (digits.isascii() and digits.isdigit()) or len(digits) % 2:
        raise ValueError("code set C takes pairs of digits")
    pairs = [int(digits[start : start + 2]) for start in range(0, len(digits), 2)]
    check = (_START_C + sum(place * pair for place, pair in enumerate(pairs, 1))) % 103
    table = _CODE_128.split()
    widths = "".join(table[value] for value in (_START_C, *pairs, check, _STOP))
    bars = "".join("10"[place % 2] * int(width) for place, width in enumerate(widths))
    return "0" * _QUIET + bars + "0" * _QUIET


def code_128_svg(digits: str, height: int = 60) -> str:
    """The same as a picture, one unit a module."""
    modules = code_128(digits)
    bars = "".join(f'<rect x="{x}" width="{width}" height="{height}"/>' for x, width in _bars(modules))
    size = f'viewBox="0 0 {len(modules)} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect width="100%" height="100%" fill="#fff"/>{bars}</svg>'


def qr_svg(digits: str) -> str:
    """The code as a QR symbol. It holds the digits and nothing else, so that any scanner brings them."""
    import segno

    return str(segno.make(digits, error="m", micro=False).svg_inline(scale=4, border=4, dark="#000", light="#fff"))


def ndef(digits: str) -> bytes:
    """The NDEF message that a phone's tap carries: one well-known text record (NFC Forum RTD Text 1.0), in English."""
    payload = b"\x02en" + digits.encode("ascii")
    return b"\xd1\x01" + bytes([len(payload)]) + b"T" + payload


def shown(wallet: "Wallet", user_id: str) -> Iterator[dict[str, str]]:
    """What the devices of a person show now, newest first."""
    for secret, code in wallet.payment_codes.shown_by(user_id):
        yield {
            "device_id": secret.device_id,
            "payment_code": code,
            "qr_svg": qr_svg(code),
            "code_128_svg": code_128_svg(code),
            "ndef": ndef(code).hex(),
        }


def _bars(modules: str) -> Iterator[tuple[int, int]]:
    place = 0
    while (begin := modules.find("1", place)) >= 0:
        place = modules.find("0", begin)
        yield begin, place - begin
