"""What leaves for webhook endpoints: only to this very machine, until a test names another way."""

from collections.abc import Sequence

from wallet_api.gateways.addresses import Rules
from wallet_api.gateways.callbacks import Answered, Callback, Callbacks, HttpsCallbacks


class Outgoing:
    """The wallet's real gateway, allowed to call a developer's own machine in plain HTTP, and public names as everywhere."""

    def __init__(self) -> None:
        self._usual = HttpsCallbacks(Rules(here=True))
        self.way: Callbacks = self._usual

    def acceptable(self, url: str) -> bool:
        return self.way.acceptable(url)

    def post(self, callbacks: Sequence[Callback]) -> list[Answered]:
        return self.way.post(callbacks)

    def clear(self) -> None:
        """The usual way again."""
        self.way = self._usual
