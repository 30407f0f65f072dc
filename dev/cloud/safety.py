"""No real AWS account is ever reached: refuses to start beside real credentials, and sets dummies of its own."""

import os
from collections.abc import Mapping, MutableMapping

DUMMY = "testing"

# Each of these says that somebody means a real account.
_POINTERS = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
)
_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
_FILES = ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE")


class RealCredentials(Exception):
    """The environment holds, or points to, credentials of a real AWS account; the text names the variable."""


def refuse_real_credentials(environment: Mapping[str, str]) -> None:
    """Raises RealCredentials when `environment` means a real account. It never shows a value."""
    found = next((name for name in _POINTERS if environment.get(name)), None)
    if found is None:
        found = next((name for name in _KEYS if environment.get(name, DUMMY) not in ("", DUMMY)), None)
    if found is None:
        found = next((name for name in _FILES if environment.get(name, os.devnull) not in ("", os.devnull)), None)
    if found is not None:
        raise RealCredentials(
            f"{found} is set, so real AWS credentials could be used. The local cloud needs none and refuses to start "
            f"beside them: run it again as `env -u {found} …`."
        )


def dummy_environment(region: str) -> dict[str, str]:
    """What makes botocore use dummies: keys, no files, no metadata service, and endpoints without an account id."""
    return {
        **dict.fromkeys(_KEYS, DUMMY),
        **dict.fromkeys(_FILES, os.devnull),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    }


class Environment:
    """Variables laid over the process's own, and taken off again."""

    def __init__(self, target: MutableMapping[str, str]) -> None:
        self._target = target
        self._before: dict[str, str | None] = {}

    def lay(self, variables: Mapping[str, str]) -> None:
        for name, value in variables.items():
            self._before.setdefault(name, self._target.get(name))
            self._target[name] = value

    def take_off(self) -> None:
        for name, value in self._before.items():
            if value is None:
                self._target.pop(name, None)
            else:
                self._target[name] = value
        self._before.clear()
