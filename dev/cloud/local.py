"""The local cloud, put together: engine, other services, clock, inbox, pump, the opened wallet, and its HTTP door.

    with LocalCloud.start() as cloud:
        cloud.wallet, cloud.gateway, cloud.inbox.messages("+8613800138000"), cloud.advance("25h"), cloud.pump.drain()

While it is open, every botocore call of the process to its region is answered by it, and none leaves the machine.
"""

import importlib
import os
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from botocore.session import Session, get_session

from dev.cloud import resources, safety, services
from dev.cloud.bank import LocalBank
from dev.cloud.clock import MovableClock
from dev.cloud.engine import Engine, interception
from dev.cloud.gauges import Gauges
from dev.cloud.inbox import Inbox
from dev.cloud.outgoing import Outgoing
from dev.cloud.pump import Pump
from dev.cloud.queues import taken
from dev.cloud.reader import DirectReader, StreamReader, WireReader
from dev.cloud.url_engine import UrlEngine

if TYPE_CHECKING:
    from wallet_api.wallet import Wallet

REGION = "us-east-1"
PUBLIC_URL = "http://127.0.0.1:8000"


def _the_wallets_app() -> Any:
    return importlib.import_module("app").app


class LocalCloud:
    """Made by `start`; `close` gives the process its environment back."""

    def __init__(self, engine: str, public_url: str, region: str, *, keep: bool = False) -> None:
        self.region = region
        self.clock = MovableClock()
        self.inbox = Inbox(region, self.clock.now)
        self.gauges = Gauges()
        self.callbacks = Outgoing()
        self.bank = LocalBank(self.clock)
        self.environment = safety.Environment(os.environ)
        self.environment.lay(safety.dummy_environment(region))
        self.environment.lay(resources.environment(public_url, region))
        try:
            self.engine = self._made_engine(engine, keep)
        except BaseException:
            self.environment.take_off()
            raise
        self.seeded: dict[str, Any] = {}
        self.session: Session = get_session()
        self._wallet: Wallet | None = None

    @property
    def wallet(self) -> "Wallet":
        """The wallet that was opened. There is none where another app is served."""
        if self._wallet is None:
            raise RuntimeError("This local cloud has opened no wallet.")
        return self._wallet

    @wallet.setter
    def wallet(self, wallet: "Wallet") -> None:
        self._wallet = wallet

    @classmethod
    def start(
        cls,
        engine: str = "moto",
        *,
        public_url: str = PUBLIC_URL,
        region: str = REGION,
        app: Callable[[], Any] = _the_wallets_app,
        wallet: bool = True,
        keep: bool = False,
    ) -> "LocalCloud":
        """Opens the cloud. `engine` is `moto`, `ministack` or a loopback URL that speaks DynamoDB; `wallet=False` serves
        another app. `keep` finds everything at the URL, keys and secrets too, and leaves it as it is (dev/engine_server.py).

        Raises RealCredentials, before anything else happens, when a real AWS account could be meant.
        """
        safety.refuse_real_credentials(os.environ)
        cloud = cls(engine, public_url, region, keep=keep)
        interception.switch_on(region, cloud.engine, services.MotoServices(cloud.inbox.collect, cloud._queued))
        try:
            if not keep:
                resources.create(cloud.session, region)
                cloud.engine.reset()
            if wallet:
                cloud._open_wallet()
            cloud._open_door(app())
        except BaseException:
            cloud.close()
            raise
        return cloud

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        pump = getattr(self, "pump", None)
        if pump is not None:
            pump.stop()
        interception.switch_off(self.region)
        services.forget(self.region)
        remove = getattr(self.engine, "remove_tables", None)
        if remove is not None:
            remove()
        self.environment.take_off()

    def advance(self, by: str | int, *, forgiving: bool = False) -> list[str]:
        """Moves the clock; delivers what is in the streams, runs the schedules now due, and delivers again.

        Returns the names of the schedules that ran. What one of them raises goes to the caller, unless `forgiving`.
        """
        self.clock.advance(by)
        self.pump.drain()
        ran = self.pump.run_schedules(forgiving=forgiving)
        self.pump.drain()
        return ran

    def reset(self) -> None:
        """As just started, tables and keys apart: no items, no messages, the real time. A few milliseconds."""
        with self.pump.still():
            self.engine.reset()
            self.inbox.clear()
            self.gauges.clear()
            self.callbacks.clear()
            self.bank.clear()
            self.clock.reset()
            self.pump.reset()
            self.seeded = {}
            if self._wallet is not None:
                self._wallet.fees.store.forget()
                self._wallet.clients.forget()

    def keep(self) -> Callable[[], None]:
        """Keeps what the tables hold and the time. What is returned puts both back and holds the clock there, with empty queues;
        the streams then tell all that they told before.
        """
        moment, put_back = self.clock.freeze(), self.engine.keep()

        def back() -> None:
            with self.pump.still():
                self.engine.reset()
                self.pump.reset()
                put_back()
                self.clock.freeze(moment)

        return back

    def sweep_expired(self) -> int:
        """Deletes what its time to live says, as DynamoDB does some time within two days; how many items."""
        return resources.sweep_expired(
            self.session.create_client("dynamodb", region_name=self.region), self.clock.now()
        )

    def seed(self) -> None:
        """Fills the empty wallet through its use cases (see dev/seed.py)."""
        from dev.seed import seed

        self.seeded = {} if self._wallet is None else seed(self)

    def reader(self, table: str) -> StreamReader:
        if hasattr(self.engine, "records"):
            return DirectReader(self.engine, table, self.region)
        return WireReader(self.session, table, self.region)

    def _queued(self) -> None:
        pump = getattr(self, "pump", None)
        if pump is not None:
            pump.queues.notify()

    def _made_engine(self, engine: str, keep: bool) -> Engine:
        if engine == "moto":
            from dev.cloud.corrected_moto import MotoEngine

            return MotoEngine(self.clock.now)
        if engine == "ministack":
            from dev.cloud.ministack_engine import MinistackEngine

            return MinistackEngine(self.clock.now, self.region)
        return UrlEngine(engine, self.environment, whole=keep)

    def _open_wallet(self) -> None:
        wiring = importlib.import_module("chalicelib.wiring")
        opening = importlib.import_module("wallet_api.wallet")
        settings = importlib.import_module("wallet_api.settings").Settings
        wiring.provide(
            lambda: opening.open_wallet(
                settings.from_environment(),
                clock=self.clock,
                metrics=self.gauges,
                callbacks=self.callbacks,
                bank=self.bank.bank,
            )
        )
        self._wallet = wiring.wallet()

    def _open_door(self, app: Any) -> None:
        from dev.faults import Faults
        from dev.gateway import Gateway
        from dev.sandbox import Sandbox

        self.app = app
        self.pump = Pump(app, self.reader, self.clock.now, taken(self.region))
        self.engine.on_write(self.pump.notify)
        self.gateway = Gateway(app, Sandbox(self), Faults(lambda: self.wallet))
