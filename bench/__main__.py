"""`./wallet bench VERB`: runs one measurement, prints a table and, last, one line of JSON."""

import argparse
import importlib

VERBS = {
    "bank": ("bench.bank", "Jepsen's bank workload, with an API server that is killed again and again"),
    "cost": ("bench.cost", "round trips, items, units and dollars of each use case, beside the usual way"),
    "cold": ("bench.cold", "from the start of a process to its first answer, as a ratio to bare botocore"),
    "cpu": ("bench.cpu", "processor time of a payment, as a ratio to bare botocore making the same calls"),
    "fold": ("bench.fold", "how fast a busy account is folded and how late it is, and what verifying costs"),
    "growth": ("bench.growth", "cost of a payment, a page of history and a refund as the journal grows"),
    "hot-merchant": ("bench.hot_merchant", "many payers at one merchant, against merchants of their own"),
    "local-engine": ("bench.local_engine", "one transaction with 100 and 20,000 items: moto as it comes, and ours"),
    "page": ("bench.saved", "docs/benchmarks.md made anew from what was measured with --save"),
    "payments": ("bench.payments", "payments a second that the local server takes over HTTP"),
}


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="./wallet bench",
        description=__doc__,
        epilog="\n".join(f"{verb:14} {what}" for verb, (_, what) in VERBS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    code: int = importlib.import_module(VERBS[options.verb][0]).main(options.arguments)
    return code


if __name__ == "__main__":
    raise SystemExit(main())
