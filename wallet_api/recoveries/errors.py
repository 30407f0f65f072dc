"""How recoveries say no; codes say the rest.

UnlockMethodUnknown   the unlock takes other proofs than the one that was chosen
RecoveryNeedsMore     a code to this phone alone does not say enough about who reads it
"""

from __future__ import annotations

from wallet_api.errors import Forbidden, Invalid


class UnlockMethodUnknown(Invalid):
    """This unlock was offered other methods."""

    code = "unlock_method_unknown"


class RecoveryNeedsMore(Forbidden):
    """The wallet was not used for so long that its phone number may be somebody else's by now."""

    code = "recovery_needs_more"
