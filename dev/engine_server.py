"""`python -m dev.engine_server`: AWS as the local cloud plays it, in a process of its own, over HTTP on the loopback.

It outlives whoever uses it, so a wallet's server can be killed in the middle of its work and started again on the same tables, keys
and secrets: `./wallet serve --engine URL --keep`. The AWS command line works as well: `aws --endpoint-url URL dynamodb scan …`.
`GET /messages?to=` shows what was sent by SMS and e-mail.
"""

import argparse
import json
import os
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs

from botocore.awsrequest import AWSPreparedRequest
from botocore.compat import HTTPHeaders
from botocore.session import get_session

from dev.cloud import resources, safety, services
from dev.cloud.clock import MovableClock
from dev.cloud.corrected_moto import MotoEngine
from dev.cloud.engine import Answer, WouldLeaveTheMachine, interception
from dev.cloud.inbox import Inbox
from dev.server import PortInUse, Server

REGION = "us-east-1"
PUBLIC_URL = "http://127.0.0.1:8000"
_SCOPE = re.compile(r"Credential=[^/]+/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request")
_HOSTS = {"ses": "email"}
"""Where the name that a service is signed for is not its host's."""


class EngineServer:
    """A WSGI application: finds out from the signature which service a request is for, and hands it to who plays it."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.engine = MotoEngine(MovableClock().now)
        self.inbox = Inbox(region, MovableClock().now)
        self.services = services.MotoServices(self.inbox.collect, lambda: None)

    def open(self) -> None:
        """Makes the tables, the key and the secret that infra/resources.yaml describes."""
        interception.switch_on(self.region, self.engine, self.services)
        resources.create(get_session(), self.region)

    def close(self) -> None:
        """Forgets everything."""
        interception.switch_off(self.region)
        services.forget(self.region)
        self.engine.remove_tables()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        status, headers, content = self._answer(environ)
        headers = {
            name: value for name, value in headers.items() if name.lower() not in ("connection", "content-length")
        }
        start_response(f"{status} -", [*headers.items(), ("Content-Length", str(len(content)))])
        return [content]

    def _answer(self, environ: dict[str, Any]) -> Answer:
        scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
        if scope is None:
            return self._shown(environ)
        request = _request(environ, scope["service"], scope["region"])
        try:
            if scope["service"] == "dynamodb":
                streams = str(request.headers.get("X-Amz-Target")).startswith("DynamoDBStreams")
                return self.engine.answer("streams.dynamodb" if streams else "dynamodb", self.region, request)
            return self.services(request)
        except WouldLeaveTheMachine as nobody:
            return _json(400, {"__type": "UnknownOperationException", "message": str(nobody)})

    def _shown(self, environ: dict[str, Any]) -> Answer:
        if environ.get("PATH_INFO") != "/messages":
            return _json(200, {"engine": self.engine.name, "region": self.region, "messages": "/messages?to="})
        to = parse_qs(environ.get("QUERY_STRING", "")).get("to", [None])[0]
        return _json(200, {"data": [message.shown() for message in self.inbox.messages(to)]})


def _request(environ: dict[str, Any], service: str, region: str) -> AWSPreparedRequest:
    """The request as its sender signed it for the service's own host."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    named = {name[5:].replace("_", "-").title(): value for name, value in environ.items() if name.startswith("HTTP_")}
    host = f"{_HOSTS.get(service, service)}.{region}.amazonaws.com"
    query = environ.get("QUERY_STRING", "")
    url = f"https://{host}{environ['PATH_INFO']}{'?' * bool(query)}{query}"
    headers = HTTPHeaders()
    for name, value in {**named, "Host": host, "Content-Type": environ.get("CONTENT_TYPE", "")}.items():
        headers[name] = value
    return AWSPreparedRequest(environ["REQUEST_METHOD"], url, headers, body, stream_output=False)


def _json(status: int, value: Any) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(value, ensure_ascii=False).encode()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m dev.engine_server", description=__doc__)
    parser.add_argument("--port", type=int, default=8001, help="default 8001; 0 takes a free one")
    parser.add_argument("--region", default=REGION, help=f"default {REGION}")
    options = parser.parse_args(arguments)
    safety.refuse_real_credentials(os.environ)
    os.environ.update(safety.dummy_environment(options.region))
    os.environ.update(resources.environment(PUBLIC_URL, options.region))
    played = EngineServer(options.region)
    try:
        server = Server(played, port=options.port, threads=32)
    except PortInUse as taken:
        raise SystemExit(str(taken)) from taken
    played.open()
    print(f"AWS is played at {server.url} (engine {played.engine.name}); nothing is kept.", flush=True)
    server.run()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
