"""What the commands for operators share on the command line: how a deployed wallet is named, and how they say no."""

import argparse
import sys

FUNCTION_HELP = "the deployed function, such as wallet-prod/APIHandler"


def deployed_wallet(prog: str, description: str | None) -> argparse.ArgumentParser:
    """A parser of a command that works on a deployed wallet: `--function` and `--region`."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("--function", required=True, help=FUNCTION_HELP)
    parser.add_argument("--region", help="when the AWS configuration names none")
    return parser


def sorry(sentence: str, status: int = 1) -> int:
    """Says why something was not done; the exit status of that. Where 1 tells of something found, 2 is for what was not looked at."""
    print(sentence, file=sys.stderr)
    return status
