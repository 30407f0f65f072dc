"""How devices say no.

DeviceRemoved         the device is not among the person's devices any more

This is no refusal:
DeviceUsedMeanwhile   another session began on the device, and the sign-in is worked out anew
"""

from __future__ import annotations

from wallet_api.errors import Conflict


class DeviceRemoved(Conflict):
    """The device was removed from the wallet; its token and key are worth nothing, and it signs in as a new one."""

    code = "device_removed"


class DeviceUsedMeanwhile(Exception):
    """Another session began on the device since it was read: which one ends with this sign-in is to be found out anew."""
