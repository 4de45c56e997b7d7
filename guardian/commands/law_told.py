"""What `guardian law` prints for people."""

import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

from guardian.access.comparing import Effect, in_order
from guardian.jurisdiction.differences import Difference
from guardian.jurisdiction.law import Law, LawRule


def tell(told: dict[str, Any], law: Law, asked: Sequence[str], at: date) -> None:
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


def tell_changes(old: Law, new: Law, changes: Sequence[Difference], effect: Effect | None) -> None:
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
