"""What stops a wallet, and what has it back, one in each file."""

from wallet_api.freezes.use_cases.freezing import Freezes
from wallet_api.freezes.use_cases.unfreezing import Unfreezes

__all__ = ["Freezes", "Unfreezes"]
