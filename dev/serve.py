"""`./wallet serve`: the whole wallet on 127.0.0.1, seeded, with its clock, its inbox and its streams running."""

import argparse
import gc
import logging
import os
import time
from typing import Any

from dev.cloud.safety import RealCredentials, refuse_real_credentials
from dev.speaking import sorry


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    try:
        refuse_real_credentials(os.environ)
    except RealCredentials as refusal:
        return sorry(str(refusal))
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    started = time.monotonic()
    from dev.cloud.local import LocalCloud
    from dev.cloud.url_engine import NotAnEngine
    from dev.server import PortInUse, Server

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        return cloud.gateway(environ, start_response)

    try:
        # Asks for the port first: whoever finds it taken should not wait for the rest.
        server = Server(application, port=options.port, threads=options.threads)
        cloud = LocalCloud.start(options.engine, public_url=server.url, keep=options.keep)
    except (PortInUse, RealCredentials, NotAnEngine) as refusal:
        return sorry(str(refusal))
    with cloud:
        if not (options.no_seed or options.keep):
            cloud.seed()
            cloud.pump.drain()
        # What was made so far stays to the end, and the collector need not look through it again and again.
        gc.collect()
        gc.freeze()
        cloud.pump.start()
        print(_welcome(server.url, cloud.seeded, options.engine, time.monotonic() - started), flush=True)
        server.run()
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./wallet serve", description=__doc__)
    parser.add_argument("--port", type=_port, default=8000, help="default 8000; 0 takes a free one")
    parser.add_argument(
        "--engine", default="moto", help="moto, ministack, or the URL of a DynamoDB endpoint on this machine"
    )
    parser.add_argument(
        "--keep", action="store_true", help="begin with what is at the engine's URL (python -m dev.engine_server)"
    )
    parser.add_argument("--no-seed", action="store_true", help="start with an empty wallet")
    parser.add_argument("--threads", type=int, default=16, choices=range(1, 129), metavar="1..128")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port")
    return int(text)


def _welcome(url: str, seeded: dict[str, Any], engine: str, seconds: object) -> str:
    lines = [
        f"The wallet runs at {url} (engine {engine}, started in {seconds:.1f} s). Ctrl-C ends it; nothing is kept.",
        f"  docs      {url}/docs",
        f"  guides    {url}/docs/guides",
        f"  sandbox   {url}/sandbox",
        f"  inbox     curl -s {url}/sandbox/messages",
    ]
    if "merchant_key" in seeded:
        key = seeded["merchant_key"]
        body = '{"amount":{"amount":1250,"currency":"CNY"},"description":"tea","order_id":"1"}'
        lines += [
            f"  merchant  {seeded['merchant']} ({seeded['merchant_id']}), test key {key}",
            f"  try       curl -s {url}/v1/payments -H 'Authorization: Bearer {key}' -H 'Idempotency-Key: first' \\",
            f"              -H 'Content-Type: application/json' -d '{body}'",
        ]
    else:
        lines.append(f"  try       curl -s {url}/v1/health")
    return "\n".join(lines)


if __name__ == "__main__":
    raise SystemExit(main())
