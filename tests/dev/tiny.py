"""A Chalice app of a few lines, so that the local cloud's own tests do not depend on the wallet."""

from typing import Any

from chalice.app import Chalice, CORSConfig, Rate

ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/{}/stream/placeholder"


class Tiny:
    """The app, and what its handlers were given. `answers` are returned (or raised) first, one per call."""

    def __init__(self) -> None:
        self.app = app = Chalice("tiny", configure_logs=False)
        self.batches: dict[str, list[list[dict[str, Any]]]] = {"fold": [], "project": [], "other": []}
        self.answers: list[Any] = []
        self.ticks: list[str] = []

        @app.route("/echo/{name}", methods=["GET", "POST"], cors=CORSConfig(allow_origin="*"))
        def echo(name: str) -> dict[str, Any]:
            request = app.current_request
            assert request is not None
            return {"name": name, "event": request.to_original_event()}

        @app.route("/echo/fixed", methods=["GET"])
        def fixed() -> dict[str, str]:
            return {"fixed": "yes"}

        @app.route("/boom", methods=["POST"])
        def boom() -> None:
            raise RuntimeError("secret detail")

        self._declare(app)

    def _declare(self, app: Chalice) -> None:
        @app.on_dynamodb_record(stream_arn=ARN.format("ledger"), batch_size=10, name="fold")
        def fold(event: Any) -> Any:
            return self._took("fold", event)

        @app.on_dynamodb_record(stream_arn=ARN.format("ledger"), batch_size=100, name="project")
        def project(event: Any) -> Any:
            return self._took("project", event)

        @app.on_dynamodb_record(stream_arn=ARN.format("records"), batch_size=100, name="other")
        def other(event: Any) -> Any:
            return self._took("other", event)

        @app.schedule(Rate(1, unit=Rate.MINUTES), name="tick")
        def tick(event: Any) -> None:
            self.ticks.append(event.time)

    def _took(self, name: str, event: Any) -> Any:
        self.batches[name].append(event.to_dict()["Records"])
        if name != "fold" or not self.answers:
            return None
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def seen(self, name: str) -> list[str]:
        """The sort keys that a handler was given, in order, repeats included."""
        return [record["dynamodb"]["Keys"]["sk"]["S"] for batch in self.batches[name] for record in batch]
