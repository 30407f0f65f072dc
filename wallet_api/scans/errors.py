"""How a scanned code is refused. Scanned text is data: nothing in it is opened, followed or believed.

CodeNotOurs      another scheme's code, a web address, or any other text
CodeDamaged      a payment code whose check sum or structure does not hold
CodeNotGenuine   a payment code that names us and was not made, or was changed after it was made
"""

from __future__ import annotations

from wallet_api.errors import Invalid


class CodeNotOurs(Invalid):
    """The text is no code of this wallet."""

    code = "qr_not_ours"


class CodeDamaged(Invalid):
    """The code is a payment code that was read wrongly, or is incomplete."""

    code = "qr_damaged"


class CodeNotGenuine(Invalid):
    """The code claims to be ours and is not, or something in it was changed."""

    code = "qr_not_genuine"
