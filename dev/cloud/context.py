"""The context object that Lambda hands to a handler."""

import random
import time
import uuid


def request_id() -> str:
    """A UUID that only has to differ: it costs no call into the kernel, which a secret one would."""
    return str(uuid.UUID(int=random.getrandbits(128), version=4))


class LambdaContext:
    """https://docs.aws.amazon.com/lambda/latest/dg/python-context.html, with `timeout_seconds` to go."""

    def __init__(self, function_name: str, timeout_seconds: int = 25) -> None:
        self.function_name = function_name
        self.function_version = "$LATEST"
        self.invoked_function_arn = f"arn:aws:lambda:us-east-1:123456789012:function:{function_name}"
        self.memory_limit_in_mb = 1024
        self.aws_request_id = request_id()
        self.log_group_name = f"/aws/lambda/{function_name}"
        self.log_stream_name = "local"
        self.identity = None
        self.client_context = None
        self._ends = time.monotonic_ns() + timeout_seconds * 1_000_000_000

    def get_remaining_time_in_millis(self) -> int:
        return max(0, (self._ends - time.monotonic_ns()) // 1_000_000)
