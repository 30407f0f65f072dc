"""Wiring: opens the wallet once for each container and lends it to the endpoints."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from wallet_api.settings import started_by_lambda
from wallet_api.wallet import Wallet, open_wallet

Opener = Callable[[], Wallet]
logger = logging.getLogger(__name__)


class _Container:
    """What one container keeps between requests: how a wallet is opened, and the open one."""

    def __init__(self) -> None:
        self.opener: Opener = open_wallet
        self.wallet: Wallet | None = None
        self.lock = threading.Lock()


_container = _Container()


@contextmanager
def _no_garbage_collected() -> Iterator[None]:
    """Nearly all that opening makes is kept, and looking through it again and again would take as long as making it."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def wallet() -> Wallet:
    """The container's wallet, opened at the first call."""
    if _container.wallet is None:
        with _container.lock:
            if _container.wallet is None:
                with _no_garbage_collected():
                    _container.wallet = _container.opener()
    return _container.wallet


def open_while_starting() -> None:
    """Opens it where Lambda starts a function: with a whole processor, and with nobody waiting where instances are kept warm.

    A secret that cannot be read now is asked for again by the first request, which can tell its caller what is wrong; a function that
    does not start could not.
    """
    if not started_by_lambda():
        return
    try:
        wallet()
    except Exception:
        logger.exception("the wallet could not be opened while the function started")


def provide(opener: Opener) -> None:
    """Lets another environment say how its wallet is opened; one that is open is closed."""
    with _container.lock:
        if _container.wallet is not None:
            _container.wallet.close()
        _container.wallet = None
        _container.opener = opener
