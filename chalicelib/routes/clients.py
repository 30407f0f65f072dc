"""Client policy over HTTP: which versions of an app may be used, for the app to ask when it starts."""

from __future__ import annotations

from typing import Any, Literal

from chalicelib.http import Call, Routes, endpoint
from chalicelib.views import View
from wallet_api.clients.model import ClientPolicy, Standing

routes = Routes(__name__)


class PlatformView(View):
    """One platform: below `minimum_version` every call is refused (426), below `advised_version` an update is advised."""

    platform: str
    minimum_version: str
    advised_version: str
    store_url: str

    @staticmethod
    def of(policy: ClientPolicy) -> PlatformView:
        """The wire form."""
        return PlatformView(
            platform=policy.platform,
            minimum_version=policy.minimum,
            advised_version=policy.advised,
            store_url=policy.store_url,
        )


class ClientPolicyView(View):
    """`status` and `store_url` are about the client that `X-Client` names; null when it names none, or when no policy speaks
    of its platform.
    """

    object: Literal["client_policy"] = "client_policy"
    status: Standing | None
    store_url: str | None
    platforms: list[PlatformView]


@endpoint(routes, "GET", "/v1/client_policy", summary="Is this version of the app still good?", answer=ClientPolicyView)
def get_client_policy(call: Call[None]) -> Any:
    """Ask when the app starts, with `X-Client: app/ios/3.2.1`: `supported`, `update_advised` (say so, go on) or
    `update_required` (every other call answers 426). A new policy counts within a minute.
    """
    clients, client = call.wallet.clients, call.client
    standing, policy = (None, None) if client is None else clients.standing(client)
    return ClientPolicyView(
        status=standing,
        store_url=None if policy is None else policy.store_url,
        platforms=[PlatformView.of(each) for each in clients.policies()],
    )
