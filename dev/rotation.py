"""`./wallet ops rotate-personal-data`: brings everybody's personal data under the keys that a deployed wallet uses now.

Each person's data key is wrapped under the KMS key that the function names, and their phone and e-mail are claimed under
the newest master secret. Every person is done for themselves, so it may be stopped, started again and run twice at once;
what is done already is only looked at. People can go on as if nothing happened. Run it until nothing was left to do, then
with --retire, which removes the claims under older master secrets. docs/rotating-keys.md tells the whole procedure.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from botocore.exceptions import BotoCoreError, ClientError

from dev.merchants import deployed
from dev.speaking import deployed_wallet, sorry
from wallet_api.errors import Unavailable
from wallet_api.people.model import Person
from wallet_api.people.use_cases import People
from wallet_api.settings import SettingsIncomplete
from wallet_api.storage.crypto import SealBroken
from wallet_api.storage.data_keys import Renewal
from wallet_api.wallet import Wallet
from wallet_api.webhooks.use_cases import Webhooks

Opener = Callable[[str, str | None], Wallet]
BATCH = 200
"""People whose turn it is at a time: as many as a page of the table, so that memory stays small."""


def main(arguments: list[str] | None = None, opener: Opener | None = None) -> int:
    options = _options(arguments)
    try:
        wallet = (opener or deployed)(options.function, options.region)
        done = rotate(wallet.people, again=options.again, retire=options.retire, threads=options.threads)
        done += rotate_endpoints(wallet.webhooks, again=options.again)
        for kind, renewal in renewals(wallet).items():
            done += renew(kind, renewal, again=options.again)
    except (BotoCoreError, ClientError, SettingsIncomplete) as error:
        return sorry(f"The function {options.function!r} could not be read: {error}")
    except Unavailable as error:
        return sorry(f"Interrupted ({error.code}). What was done stays done: run it again.")
    print(
        f"{done['people']} people looked at: {done['data keys']} data keys wrapped anew, {done['claims']} claims added, "
        f"{done['retired']} older claims removed, {done['broken']} that could not be opened; "
        f"{done['endpoints']} webhook endpoints looked at, {done['endpoint keys']} data keys of theirs wrapped anew; "
        + "; ".join(f"{done[kind]} {kind} looked at, {done[f'{kind} anew']} wrapped anew" for kind in renewals(wallet))
        + "."
    )
    return 1 if done["broken"] else 0


def rotate(people: People, *, again: bool = False, retire: bool = False, threads: int = 8) -> Counter[str]:
    """Everybody's turn; what was done, by kind. Raises Unavailable when a table or KMS does not answer."""

    def turn(person: Person) -> Counter[str]:
        try:
            return Counter(
                {
                    "people": 1,
                    "data keys": int(people.rewrap(person, again=again)),
                    "claims": people.renew_claims(person),
                    "retired": people.retire_claims(person) if retire else 0,
                }
            )
        except SealBroken as error:
            print(f"{person.id}: {error}", file=sys.stderr)
            return Counter({"people": 1, "broken": 1})

    done: Counter[str] = Counter()
    with ThreadPoolExecutor(threads, thread_name_prefix="rotation") as pool:
        for batch in _batches(people.everybody()):
            for counted in pool.map(turn, batch):
                done.update(counted)
    return done


def rotate_endpoints(webhooks: Webhooks, *, again: bool = False) -> Counter[str]:
    """Every webhook endpoint's turn: what seals its secrets is wrapped anew. Raises Unavailable as `rotate` does."""
    done: Counter[str] = Counter()
    for endpoint in webhooks.everywhere():
        try:
            done.update({"endpoints": 1, "endpoint keys": int(webhooks.rewrap(endpoint, again=again))})
        except SealBroken as error:
            print(f"{endpoint.id}: {error}", file=sys.stderr)
            done.update({"endpoints": 1, "broken": 1})
    return done


def renewals(wallet: Wallet) -> dict[str, Renewal]:
    """Every kind of item that is sealed under data keys of its own, beside people and webhook endpoints."""
    return {
        "signing keys": wallet.merchants.signatures.renewal(),
        "settlement accounts": wallet.settlement_accounts.renewal(),
        "payouts' destinations": wallet.payouts.renewal(),
        "merchant applications": wallet.merchant_applications.renewal(),
    }


def renew(kind: str, renewal: Renewal, *, again: bool = False) -> Counter[str]:
    """Every item of a kind has its turn. Raises Unavailable as `rotate` does."""
    done: Counter[str] = Counter()
    for result in renewal.run(again=again):
        done[kind] += 1
        if isinstance(result, SealBroken):
            print(f"{kind}: {result}", file=sys.stderr)
            done["broken"] += 1
        else:
            done[f"{kind} anew"] += result
    return done


def _batches(everybody: Iterator[Person]) -> Iterator[list[Person]]:
    while batch := list(islice(everybody, BATCH)):
        yield batch


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = deployed_wallet("./wallet ops rotate-personal-data", __doc__)
    parser.add_argument(
        "--again", action="store_true", help="also where the KMS key is the same and its material is new"
    )
    parser.add_argument("--retire", action="store_true", help="remove the claims under older master secrets as well")
    parser.add_argument("--threads", type=int, default=8, choices=range(1, 65), metavar="1..64")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
