"""`./wallet ops new-master-secret`: the next version of the secret that keyed hashes and tokens are made with, in two steps.

./wallet ops new-master-secret --stack wallet-prod          makes it, so that every function knows it
./wallet ops new-master-secret --stack wallet-prod --use    lets it be the one that new hashes are made with

It is made here, goes to the secret store and is shown to nobody. Every version before it stays, since what was made under it
is still to be looked up. Functions read the secret when they start, so `./wallet ops restart` follows each step: were one step
enough, functions that started a moment earlier would refuse what the later ones made. docs/rotating-keys.md tells the rest.
"""

import argparse
import json
import secrets
import sys
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from dev.stacks import NotInTheStack, Stack
from wallet_api.storage.keys import Keys, KeysUnusable

SECRET_BYTES = 48


def main(arguments: list[str] | None = None, session: Session | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="./wallet ops new-master-secret", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--stack", required=True, help="such as wallet-prod")
    parser.add_argument("--region", help="when the AWS configuration names none")
    parser.add_argument("--use", action="store_true", help="make new hashes with the newest version from now on")
    options = parser.parse_args(arguments)
    stack = Stack(session or get_session(), options.stack, options.region)
    try:
        change = use if options.use else add
        version = change(stack.client("secretsmanager"), stack.physical("KeysSecret"))
    except (BotoCoreError, ClientError, NotInTheStack, KeysUnusable) as error:
        print(f"Nothing was changed: {error}", file=sys.stderr)
        return 1
    told = "is the one that is used" if options.use else "is known and not used yet"
    print(f"Version {version} {told}. Now: ./wallet ops restart --stack {stack.name}")
    return 0


def add(store: Any, name: str) -> int:
    """Adds the next version beside those there are, which go on to be used; returns its number. Raises KeysUnusable."""
    keys = _read(store, name)
    version = max(keys.masters) + 1
    fresh = secrets.token_urlsafe(SECRET_BYTES).encode()
    _write(store, name, Keys({**keys.masters, version: fresh}, keys.current))
    return version


def use(store: Any, name: str) -> int:
    """Makes the newest version the one that is used; returns its number. Raises KeysUnusable."""
    keys = _read(store, name)
    newest = max(keys.masters)
    _write(store, name, Keys(keys.masters, newest))
    return newest


def _read(store: Any, name: str) -> Keys:
    return Keys.from_text(store.get_secret_value(SecretId=name)["SecretString"])


def _write(store: Any, name: str, keys: Keys) -> None:
    masters = {str(number): master.decode() for number, master in sorted(keys.masters.items())}
    text = json.dumps({**masters, "current": str(keys.current)})
    Keys.from_text(text)
    store.put_secret_value(SecretId=name, SecretString=text)


if __name__ == "__main__":
    sys.exit(main())
