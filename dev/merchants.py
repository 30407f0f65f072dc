"""`./wallet merchants`: what an operator does with the merchants of a deployed wallet.

It works through the wallet's own use cases, with the operator's own AWS credentials, on the tables and keys that the deployed
function names in its environment. The local server's merchants are made by `POST /sandbox/merchants`.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session, get_session

from dev.speaking import deployed_wallet, sorry
from dev.stacks import function_named
from wallet_api.errors import Invalid, NotFound, Unavailable
from wallet_api.merchant_applications.errors import ApplicationDecided, ApplicationIncomplete
from wallet_api.merchant_applications.model import Application
from wallet_api.metrics import NoMetrics
from wallet_api.settings import Settings, SettingsIncomplete
from wallet_api.wallet import Wallet, open_wallet

Opener = Callable[[str, str | None], Wallet]


def main(arguments: list[str] | None = None, opener: Opener | None = None) -> int:
    options = _options(arguments)
    try:
        wallet = (opener or deployed)(options.function, options.region)
    except (BotoCoreError, ClientError, SettingsIncomplete) as error:
        return sorry(f"The function {options.function!r} could not be read: {error}")
    try:
        print(ACTS[options.act](wallet, options))
    except Invalid as refusal:
        return sorry("Not acceptable: " + ", ".join(problem.pointer.lstrip("/") for problem in refusal.problems))
    except NotFound:
        return sorry("There is no such merchant, key or application.")
    except ApplicationIncomplete as lacking:
        return sorry(f"It lacks: {lacking.facts['missing']}.")
    except ApplicationDecided:
        return sorry("It was decided already.")
    except Unavailable as error:
        return sorry(f"Nothing is known of what became of this ({error.code}): look before you repeat it.")
    return 0


def _create(wallet: Wallet, options: argparse.Namespace) -> str:
    merchant = wallet.merchants.create(
        options.name,
        options.category,
        options.city,
        options.country,
        latin_name=options.latin_name,
        latin_city=options.latin_city,
    )
    return f"{merchant.id}  {merchant.profile.name}"


def _issue_key(wallet: Wallet, options: argparse.Namespace) -> str:
    return f"{wallet.merchants.issue_key(options.merchant)}\nIt is shown this once: hand it over safely."


def _revoke_key(wallet: Wallet, options: argparse.Namespace) -> str:
    caller = wallet.merchants.presented(options.key)
    if caller is None:
        raise NotFound
    wallet.merchants.revoke_key(caller.id, caller.key_id)
    return f"{caller.key_id} of {caller.id} is revoked."


def _suspend(wallet: Wallet, options: argparse.Namespace) -> str:
    wallet.merchants.suspend(options.merchant, options.reason)
    return f"{options.merchant} is suspended."


def _applications(wallet: Wallet, _options: argparse.Namespace) -> str:
    waiting = wallet.merchant_applications.waiting()
    return "\n".join(_line(application) for application in waiting) or "Nobody waits for a decision."


def _approve(wallet: Wallet, options: argparse.Namespace) -> str:
    return _line(wallet.merchant_applications.approve(options.application))


def _decline(wallet: Wallet, options: argparse.Namespace) -> str:
    return _line(wallet.merchant_applications.decline(options.application, options.reason))


def _line(application: Application) -> str:
    """What an operator looks up in a company's register. Whom to call is sealed, and shown masked."""
    profile, contact = application.profile, application.contact
    return "  ".join(
        (
            application.id,
            application.status,
            application.merchant_id,
            application.legal_name,
            application.registration_number,
            f"{profile.name} / {profile.latin_name}, {profile.city}, {profile.country}, {profile.category}",
            application.website or "no website",
            f"{contact.phone_masked} {contact.email_masked}" if contact is not None else "no contact",
        )
    )


def _reinstate(wallet: Wallet, options: argparse.Namespace) -> str:
    wallet.merchants.reinstate(options.merchant)
    return f"{options.merchant} is active."


ACTS: Mapping[str, Callable[[Wallet, argparse.Namespace], str]] = {
    "create": _create,
    "issue-key": _issue_key,
    "revoke-key": _revoke_key,
    "suspend": _suspend,
    "reinstate": _reinstate,
    "applications": _applications,
    "approve": _approve,
    "decline": _decline,
}


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = deployed_wallet("./wallet merchants", __doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    create = acts.add_parser("create", help="a merchant with its account; prints its id")
    create.add_argument("--name", required=True, help="as registered, in any script")
    create.add_argument("--category", required=True, help="four digits of ISO 18245, such as 5814")
    create.add_argument("--city", required=True)
    create.add_argument("--country", default="CN", help="two letters of ISO 3166-1; default CN")
    create.add_argument("--latin-name", help="for QR codes, when the name is not plain ASCII")
    create.add_argument("--latin-city", help="likewise")
    suspend = acts.add_parser("suspend", help="end all that its servers may ask, and that anybody pays it")
    suspend.add_argument("merchant", help="mer_…")
    suspend.add_argument("--reason", default="", help="what the owner reads")
    for act, what in (
        ("issue-key", "a new secret key, shown once"),
        ("reinstate", "lift a suspension"),
    ):
        acts.add_parser(act, help=what).add_argument("merchant", help="mer_…")
    for act, what in (("approve", "let an applicant's merchant take payments"), ("decline", "say no, and why")):
        deciding = acts.add_parser(act, help=what)
        deciding.add_argument("application", help="app_…")
        if act == "decline":
            deciding.add_argument("--reason", required=True, help="what the applicant reads")
    acts.add_parser("applications", help="those that wait for a decision, the oldest first")
    acts.add_parser("revoke-key", help="end a key at once").add_argument("key", help="the key itself, sk_…")
    return parser.parse_args(arguments)


def deployed(function: str, region: str | None, session: Session | None = None) -> Wallet:
    """The wallet of a deployed function, opened here with the settings that it runs with. The function is Lambda's name or
    `wallet-prod/APIHandler`, its stack and its name there.
    """
    session = session or get_session()
    region = region or session.get_config_variable("region")
    lambdas: Any = session.create_client("lambda", region_name=region)
    found = lambdas.get_function_configuration(FunctionName=function_named(session, function, region))
    variables = found.get("Environment", {}).get("Variables", {})
    return open_wallet(Settings.from_environment({"AWS_REGION": region, **variables}), metrics=NoMetrics())


if __name__ == "__main__":
    sys.exit(main())
