"""`./wallet ops clients`: which versions of an app may still be used, as an operator of a deployed wallet says it.

Below the minimum every call is refused and the person is sent to the store; below the advised version they are asked to
update and may go on. A new policy counts within a minute.
"""

import argparse
import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from dev.merchants import deployed
from dev.speaking import deployed_wallet, sorry
from wallet_api.clients.model import ClientPolicy
from wallet_api.errors import Invalid, Unavailable
from wallet_api.settings import SettingsIncomplete
from wallet_api.wallet import Wallet

Opener = Callable[[str, str | None], Wallet]


def main(arguments: list[str] | None = None, opener: Opener | None = None) -> int:
    options = _options(arguments)
    try:
        wallet = (opener or deployed)(options.function, options.region)
        if options.act == "set":
            wallet.clients.publish(ClientPolicy(options.platform, options.minimum, options.advised, options.store))
        elif options.act == "withdraw":
            wallet.clients.withdraw(options.platform)
        print("\n".join(map(_line, wallet.clients.policies())) or "No policy: every version of every app is supported.")
    except Invalid as refusal:
        fields = ", ".join(f"{problem.pointer.lstrip('/')} ({problem.code})" for problem in refusal.problems)
        return sorry(f"Not acceptable: {fields}")
    except (BotoCoreError, ClientError, SettingsIncomplete) as error:
        return sorry(f"The function {options.function!r} could not be read: {error}")
    except Unavailable as error:
        return sorry(f"Nothing is known of what became of this ({error.code}): look before you repeat it.")
    return 0


def _line(policy: ClientPolicy) -> str:
    return f"{policy.platform:10} works from {policy.minimum}, advised from {policy.advised}, at {policy.store_url}"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = deployed_wallet("./wallet ops clients", __doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("show", help="every platform's policy")
    told = acts.add_parser("set", help="say what counts for a platform from now on")
    told.add_argument("platform", help="as X-Client names it: ios, android, harmony")
    told.add_argument("--minimum", required=True, help="the oldest version that still works, such as 3.2")
    told.add_argument("--advised", required=True, help="the oldest version that nobody is asked to leave")
    told.add_argument("--store", required=True, help="where the app is updated, https://…")
    acts.add_parser("withdraw", help="support every version of a platform").add_argument("platform")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
