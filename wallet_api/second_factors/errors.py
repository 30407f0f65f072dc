"""How second factors say no.

WrongFactor          the code is wrong or was used, or no try is left
TotpEnabled          there is an authenticator already
TotpNotEnabled       there is none
TotpNotStarted       nothing waits to be confirmed
"""

from __future__ import annotations

from wallet_api.errors import Conflict, Forbidden


class WrongFactor(Forbidden):
    """The code is wrong or was used before, or too many were tried for now."""

    code = "wrong_factor"


class TotpEnabled(Conflict):
    """The person has an authenticator; it is removed, with a code of it, before another is set up."""

    code = "totp_enabled"


class TotpNotEnabled(Conflict):
    """The person has no authenticator."""

    code = "totp_not_enabled"


class TotpNotStarted(Conflict):
    """No authenticator waits to be confirmed: it was never set up, or is confirmed already."""

    code = "totp_not_started"
