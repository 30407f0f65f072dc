"""The reference of a client: what it derives the wallet takes, what it draws a scanner reads."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import segno
import zxingcpp

from dev.payment_codes import code_128, code_128_svg, derived, ndef, qr_svg
from wallet_api.payment_codes.model import code_of, step_at

SECRET, ALIAS = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA", "012345678"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def read(rows: list[bytes]) -> tuple[str, object]:
    image = memoryview(b"".join(rows)).cast("B", (len(rows), len(rows[0])))
    (found,) = zxingcpp.read_barcodes(image)
    return found.text, found.format


def pixels(modules: Any, scale: int) -> bytes:
    return b"".join((b"\x00" if int(module) else b"\xff") * scale for module in modules)


def test_the_reference_derives_what_the_wallet_takes() -> None:
    for seconds in range(0, 300, 11):
        moment = NOON + timedelta(seconds=seconds)
        assert derived(SECRET, ALIAS, moment) == code_of(ALIAS, SECRET, step_at(moment))


def test_zxing_reads_the_code_128() -> None:
    for second in range(0, 600, 20):
        code = derived(SECRET, ALIAS, NOON + timedelta(seconds=second))
        text, kind = read([pixels(code_128(code), 3)] * 60)
        assert (text, kind) == (code, zxingcpp.BarcodeFormat.Code128)


def test_zxing_reads_the_qr() -> None:
    code = derived(SECRET, ALIAS, NOON)
    rows = [pixels(row, 4) for row in segno.make(code, error="m", micro=False).matrix_iter(border=4) for _ in range(4)]
    assert read(rows) == (code, zxingcpp.BarcodeFormat.QRCode)


def test_the_pictures_are_these_symbols() -> None:
    code = derived(SECRET, ALIAS, NOON)
    drawn, modules = code_128_svg(code), code_128(code)
    assert drawn.count("<rect x=") == modules.count("01")
    assert f'viewBox="0 0 {len(modules)} 60"' in drawn
    assert qr_svg(code).startswith("<svg")


@pytest.mark.parametrize("text", ["123", "12a4", "１２３４"])
def test_code_set_c_takes_pairs_of_digits(text: str) -> None:
    with pytest.raises(ValueError, match="pairs"):
        code_128(text)


def test_a_tap_carries_one_text_record() -> None:
    """NFC Forum: message begin and end, short record, well-known type; `T`; UTF-8, language of two letters."""
    code = derived(SECRET, ALIAS, NOON)
    message = ndef(code)
    header, type_length, length = message[:3]
    assert (header, type_length, length) == (0xD1, 1, 21)
    assert message[3:] == b"T\x02en" + code.encode()
