"""`guardian decide --facts FILE --at INSTANT [--json]`: the decision from a file, without a database."""

import json
import sys
from pathlib import Path

from guardian import settings
from guardian.access.domain import decide
from guardian.access.parse import parse_facts, parse_instant
from guardian.access.told import told
from guardian.errors import GuardianError, Refused
from guardian.i18n import gettext_noop as N_
from guardian.jurisdiction.extending import law_of
from guardian.jurisdiction.law_in_use import use

REFUSED, USAGE = 1, 2
UNREADABLE = "file_unreadable"
LIMIT = 16 * 1024 * 1024
"""Bytes. The facts about one learner are a few kilobytes."""


def decide_from_file(path: Path, at: str, as_json: bool) -> int:
    """Print the decision that the facts in a file give at an instant; the exit code.

    0 for permit and block alike; 1 where the instant or the facts are refused, 2 where there is no such file or this
    account may not read it; with the reason on stderr and, for `--json`, as a problem on stdout too.
    """
    try:
        now = parse_instant(at, "--at")
        facts = parse_facts(_read(path))
        use(law_of(settings.read().law_file))
    except GuardianError as wrong:
        message = wrong.message % wrong.params
        print(message, file=sys.stderr)
        if as_json:
            print(json.dumps({"error": {"code": wrong.code, "message": message, "where": wrong.where}}))
        return USAGE if wrong.code == UNREADABLE else REFUSED
    decision = decide(facts, now)
    if as_json:
        print(json.dumps(decision.document()))  # in ASCII, whatever the terminal's encoding
    else:
        print(told(decision, "en"))
    return 0


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            document = file.read(LIMIT + 1)
    except (OSError, ValueError):
        raise Refused(
            UNREADABLE,
            N_("The file %(file)s cannot be read. Check its name and that you may read it."),
            params={"file": str(path)},
            where="--facts",
        ) from None
    if len(document) > LIMIT:
        raise Refused(
            "file_too_large",
            N_("The file %(file)s is over %(limit)d MB. The facts about one learner are a few kilobytes."),
            params={"file": str(path), "limit": LIMIT // 1024 // 1024},
            where="--facts",
        )
    return document
