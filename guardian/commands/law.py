"""`guardian law list | show | diff`: the table in force, one jurisdiction, and what another table would change."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from guardian import app, settings
from guardian.access.comparing import Judge, compare
from guardian.access.decision import Decision
from guardian.access.domain import decide
from guardian.access.facts import Facts
from guardian.commands import law_told
from guardian.commands.running import print_json, say_refusal
from guardian.errors import GuardianError, Refused
from guardian.institution.domain import check_jurisdiction
from guardian.jurisdiction import extending
from guardian.jurisdiction.differences import concerned, differences
from guardian.jurisdiction.domain import UNKNOWN, folded, period_on
from guardian.jurisdiction.law import Law
from guardian.jurisdiction.law_file import shipped
from guardian.jurisdiction.law_in_use import use, using
from guardian.jurisdiction.law_page import page
from guardian.settings import Settings
from guardian.web import logging


def run_list(*, at: date, as_json: bool, markdown: bool) -> int:
    """Every jurisdiction with what holds on a day."""

    def work(law: Law) -> int:
        if markdown:
            sys.stdout.write(page(law))
            return 0
        rows = [law.in_force(code, at) for code in law.by_code]
        if as_json:
            print_json(
                {"version": law.version, "origin": law.origin, "at": at, "jurisdictions": rows, "clocks": law.clocks}
            )
            return 0
        sys.stdout.write(f"Law {law.version} ({law.origin}) on {at}\n\n")
        for rule in rows:
            said = "" if rule.age == rule.default_age else f"law says {rule.age or 'no age'}"
            line = f"{rule.code:<6} {rule.country:<26} {rule.default_age:>3}  {rule.rule:<8} {rule.certainty:<7}{said}"
            sys.stdout.write(f"{line.rstrip()}\n")
        return 0

    return _with_law(work, as_json=as_json)


def run_show(codes: Sequence[str], *, at: date, as_json: bool) -> int:
    """What holds for one jurisdiction, or together for several, with every rule behind it and its history."""

    def work(law: Law) -> int:
        asked = [UNKNOWN if folded(code) == UNKNOWN else check_jurisdiction(code) for code in codes]
        held = period_on(asked, at)
        told = {
            "version": law.version,
            "at": at,
            "jurisdictions": asked,
            "threshold": held.threshold,
            "rule": held.rule,
            "rules": sorted(held.rules),
            "models": sorted(held.models),
            "leap_day": held.leap_day,
            "in_force": [law.in_force(code, at) for code in asked],
            "history": {code: law.history(code) for code in asked},
            "clocks": law.clocks,
        }
        if as_json:
            print_json(told)
        else:
            law_told.tell(told, law, asked, at)
        return 0

    return _with_law(work, as_json=as_json)


def run_diff(old: str, new: str, *, at: date | None, learners: bool | None, as_json: bool) -> int:
    """Which rules differ and, where there is a database, for which learners the answer would change.

    `old` and `new`: a law file, or the words `shipped` and `current`.
    """

    async def work(chosen: Settings) -> int:
        one, other = _table(old, chosen), _table(new, chosen)
        changes = differences(one, other)
        effect = None
        if learners if learners is not None else _has_database(chosen):
            async with app.opened(chosen) as context:
                instant = None if at is None else datetime.combine(at, time(), UTC)
                effect = await compare(
                    context, _under(one), _under(other), at=instant, wanted=lambda codes: concerned(changes, codes)
                )
        document = {
            "old": {"version": one.version, "origin": one.origin},
            "new": {"version": other.version, "origin": other.origin},
            "rules": changes,
            "learners": effect,
        }
        if as_json:
            print_json(document)
        else:
            law_told.tell_changes(one, other, changes, effect)
        return 0

    logging.configure("WARNING")
    try:
        chosen = settings.read()
        return asyncio.run(work(chosen))
    except GuardianError as error:
        return say_refusal(error, as_json=as_json)


def _with_law(work: Callable[[Law], int], *, as_json: bool) -> int:
    try:
        law = extending.law_of(settings.read().law_file)
        use(law)
        return work(law)
    except GuardianError as error:
        return say_refusal(error, as_json=as_json)


def _table(name: str, chosen: Settings) -> Law:
    if name == "shipped":
        return shipped()
    if name == "current":
        return extending.law_of(chosen.law_file)
    if not Path(name).is_file():
        raise Refused(
            "law_unreadable",
            "There is no law file %(file)s. Name a file, or write `shipped` or `current`.",
            params={"file": name},
        )
    return extending.law_of(Path(name))


def _has_database(chosen: Settings) -> bool:
    return bool(chosen.database_url) or chosen.home.is_dir()


def _under(law: Law) -> Judge:
    def judged(facts: Facts, now: datetime) -> Decision:
        with using(law):
            return decide(facts, now)

    return judged
