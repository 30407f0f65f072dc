"""How clients are refused.

ClientMalformed   X-Client is there and is not `app/platform/1.2.3`
UpdateRequired    this version is older than the oldest that still works; `store_url` is where a newer one is
PolicyRefused     an operator's policy contradicts itself
"""

from __future__ import annotations

from wallet_api.errors import Invalid, Malformed, WalletError


class ClientMalformed(Malformed):
    """The X-Client header cannot be read. A client that names itself wrongly would be answered by a guess."""

    code = "client_malformed"


class UpdateRequired(WalletError):
    """The client is too old to be trusted with what it asks. Nothing was done; after an update the same key may be sent."""

    code = "update_required"
    retry = "same_key"


class PolicyRefused(Invalid):
    """A policy whose versions are not in order, or whose store is no https address."""

    code = "client_policy_refused"
