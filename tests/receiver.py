"""Somebody who receives webhooks: a real server with a real certificate on this machine, which keeps what it was sent."""

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from wallet_api.gateways.addresses import Rules
from wallet_api.gateways.callbacks import HttpsCallbacks, Resolver

NAME = "shop.example.org"
_NOT_FOR = (
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "encipher_only",
    "decipher_only",
)
FOR_SIGNING_CERTIFICATES = x509.KeyUsage(
    digital_signature=True, key_cert_sign=True, crl_sign=True, **dict.fromkeys(_NOT_FOR, False)
)
Answer = Callable[["Handler"], None]


@dataclass(frozen=True)
class Received:
    """One request; header names are lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Authority:
    """Issues certificates; `context` trusts it and nobody else."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        self.certificate = self._signed("Test authority", self.key.public_key(), authority=True)

    @property
    def context(self) -> ssl.SSLContext:
        pem = self.certificate.public_bytes(serialization.Encoding.PEM).decode()
        return ssl.create_default_context(cadata=pem)

    def server_context(self, name: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        issued = self._signed(name, key.public_key())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with TemporaryDirectory() as directory:
            chain = Path(directory) / "chain.pem"
            chain.write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
                + issued.public_bytes(serialization.Encoding.PEM)
            )
            context.load_cert_chain(chain)
        return context

    def _signed(self, name: str, key: ec.EllipticCurvePublicKey, *, authority: bool = False) -> x509.Certificate:
        issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Test authority")])
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        today = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - timedelta(days=1))
            .not_valid_after(today + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if authority:
            # Python 3.13 asks of an authority that it says what its key is for.
            builder = builder.add_extension(FOR_SIGNING_CERTIFICATES, critical=True)
        else:
            builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        return builder.sign(self.key, hashes.SHA256())


@cache
def the_authority() -> Authority:
    """One for the whole run."""
    return Authority()


class Handler(BaseHTTPRequestHandler):
    """Keeps the request, then answers as the receiver was told."""

    server: "_Server"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver = self.server.receiver
        receiver.received.append(Received(self.path, headers, body))
        answer = receiver.answers.pop(0) if receiver.answers else receiver.usual
        answer(self)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    receiver: "Receiver"

    def handle_error(self, *_: Any) -> None:
        """Who hangs up is no news."""


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """An answer with this status; underscores in header names become hyphens."""

    def answer(handler: Handler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


class Receiver:
    """Listens on this machine under `NAME`; use it as a context manager. `answers` come first, one per request."""

    def __init__(self, name: str = NAME, *, secure: bool = True) -> None:
        self.received: list[Received] = []
        self.answers: list[Answer] = []
        self.usual: Answer = status(204)
        self._server = _Server(("127.0.0.1", 0), Handler, bind_and_activate=True)
        self._server.receiver = self
        self.port = int(self._server.server_address[1])
        self.secure = secure
        if secure:
            self._server.socket = (
                the_authority()
                .server_context(name)
                .wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
            )

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}/hook?from=wallet" if self.secure else f"http://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def callbacks(self, *, resolver: Resolver = lambda _host, _port: ["127.0.0.1"], **more: Any) -> HttpsCallbacks:
        """The real gateway, allowed to call this machine, with a resolver that leads here."""
        rules = Rules(
            ports=frozenset({443, self.port}), own_hosts=("wallet.example.com",), also=(ip_network("127.0.0.0/8"),)
        )
        return HttpsCallbacks(rules, resolver=resolver, **{"context": the_authority().context, **more})
