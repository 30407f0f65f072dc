"""How recoveries say no; codes say the rest.

UnlockMethodUnknown   the unlock takes other proofs than the one that was chosen
"""

from __future__ import annotations

from wallet_api.errors import Invalid


class UnlockMethodUnknown(Invalid):
    """This unlock was offered other methods."""

    code = "unlock_method_unknown"
