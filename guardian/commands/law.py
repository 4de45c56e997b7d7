"""`guardian law list | show | diff`: the table in force, one jurisdiction, and what another table would change."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from guardian import app, settings
from guardian.access.comparing import Effect, Judge, compare, in_order
from guardian.access.decision import Decision
from guardian.access.domain import decide
from guardian.access.facts import Facts
from guardian.commands.running import print_json, say_refusal
from guardian.errors import GuardianError, Refused
from guardian.institution.domain import check_jurisdiction
from guardian.jurisdiction import extending
from guardian.jurisdiction.differences import Difference, concerned, differences
from guardian.jurisdiction.domain import UNKNOWN, folded, period_on
from guardian.jurisdiction.law import Law, LawRule, use, using
from guardian.jurisdiction.law_file import shipped
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
            _tell(told, law, asked, at)
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
            _tell_changes(one, other, changes, effect)
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


def _tell(told: dict[str, Any], law: Law, asked: Sequence[str], at: date) -> None:
    write = sys.stdout.write
    write(f"{', '.join(asked)} on {at} (law {law.version})\n")
    write(f"  decides alone from     {told['threshold']}\n")
    write(f"  guardians agree by     {', '.join(told['rules'])}\n")
    write(f"  legal models           {', '.join(told['models'])}\n")
    write(f"  born on 29 February    {'1 March' if told['leap_day'] == '03-01' else '28 February'} in common years\n")
    for code in asked:
        rule = law.in_force(code, at)
        if rule.code != code:
            write(f"\n{code} is not listed: the rule of {rule.code} ({rule.country}) holds.\n")
        for one in law.history(code):
            _tell_rule(one, holds=one == rule)
    write("\nClocks (default, at most)\n")
    for clock in law.clocks:
        write(f"  {clock.name:<32} {clock.default:>3} {clock.cap:>4}  {clock.source}\n")


def _tell_rule(rule: LawRule, *, holds: bool) -> None:
    since = f"since {rule.effective_from}" if rule.effective_from else "since ever"
    sys.stdout.write(
        f"\n{rule.code} {rule.country}, {since}{' (in force)' if holds else ''}\n"
        f"  law says {rule.age if rule.age is not None else 'no age'}, used {rule.default_age}, {rule.rule}; "
        f"certainty {rule.certainty}, as of {rule.as_of}\n  {rule.scope}\n  {rule.source}\n"
    )
    if rule.note:
        sys.stdout.write(f"  {rule.note}\n")


def _tell_changes(old: Law, new: Law, changes: Sequence[Difference], effect: Effect | None) -> None:
    write = sys.stdout.write
    write(f"{old.version} ({old.origin}) -> {new.version} ({new.origin}): {len(changes)} differences\n")
    for one in changes:
        since = f" from {one.effective_from}" if one.effective_from else ""
        write(f"  {one.where}{since} {one.field}: {one.old} -> {one.new}\n")
    if effect is None:
        write("No database was asked, so no learner was judged.\n")
        return
    write(
        f"{effect.judged} learners judged: {effect.changed} would change, {effect.blocked} would be blocked, "
        f"{effect.admitted} would be admitted\n"
    )
    for title, groups in (("institution", effect.by_institution), ("age", effect.by_age)):
        for name, group in in_order(groups.items()):
            write(f"  {title} {name}: {group.changed} change, {group.blocked} blocked, {group.admitted} admitted\n")
    for learner in effect.learners:
        write(f"  learner {learner}\n")
