"""An operator's law file over the shipped table: other jurisdictions, rules and clocks; never less protection.

A rule of the file takes the place of the shipped one of the same code and day, or is added. On every day and for every
code the outcome must protect at least as well as the shipped law: no age below the shipped `age` (the shipped
`default_age` may be lowered to it), no weaker consent rule, no further legal model. The leap day is a free setting.
Clocks: shorter freely, longer only up to their caps. What would be looser comes with a release, not with a setting.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from guardian.jurisdiction.law import UNKNOWN, Clock, Law, LawRule, since
from guardian.jurisdiction.law_file import LawFile, check_whole, invalid, read, shipped

SET_ELSEWHERE = {"waiting_on_guardian_days": "GUARDIAN_REQUEST_DAYS"}
"""Clocks that have a setting of their own, which letters quote."""
_EMPTY = LawFile(version="")


def law_of(path: Path | None) -> Law:
    """The shipped table, or the operator's file over it. Raises Refused."""
    return shipped() if path is None else extended(shipped(), read(path), path.name)


def extended(base: Law, over: LawFile, name: str) -> Law:
    """The table with a file over it. Raises Refused `law_invalid` where it would protect less."""
    if over.floor_age is not None:
        raise invalid(name, "floor_age", "it belongs to the shipped table; take it out")
    if isinstance(over.clocks, tuple) and over.clocks:
        raise invalid(name, "clocks", "write names and numbers, such as withdrawal_days = 5")
    kept = () if over.replaces else base.rules
    mended = {(rule.code, rule.effective_from): rule for rule in kept}
    mended.update({(rule.code, rule.effective_from): rule for rule in over.rules})
    clocks = tuple(_set(clock, over, name) for clock in base.clocks)
    unknown = set(over.clocks if isinstance(over.clocks, dict) else ()) - set(base.by_clock)
    if unknown:
        raise invalid(
            name, f"clocks.{min(unknown)}", "there is no such clock; known are %(known)s",
            known=", ".join(base.by_clock),
        )  # fmt: skip
    law = Law(
        version=f"{base.version}+{over.version}",
        floor_age=base.floor_age,
        rules=tuple(mended.values()),
        clocks=clocks,
        origin=name,
    )
    check_whole(law)
    for where, why, params in _looser(base, law):
        raise invalid(name, where, why, **params)
    return law


def _set(clock: Clock, over: LawFile, name: str) -> Clock:
    wanted = over.clocks.get(clock.name) if isinstance(over.clocks, dict) else None
    if wanted is None:
        return clock
    where = f"clocks.{clock.name}"
    if clock.name in SET_ELSEWHERE:
        raise invalid(name, where, "this clock is set by %(setting)s; take it out", setting=SET_ELSEWHERE[clock.name])
    if not 0 <= wanted <= clock.cap:
        raise invalid(name, where, "it must lie between 0 and %(cap)d", cap=clock.cap)
    return msgspec.structs.replace(clock, default=wanted)


def _looser(base: Law, law: Law) -> Iterator[tuple[str, str, dict[str, object]]]:
    for code in sorted(set(base.by_code) | set(law.by_code)):
        days = {r.effective_from for one in (base, law) for r in (*one.history(code), *one.history(UNKNOWN))}
        for day in sorted(days, key=since):
            before, after = base.in_force(code, since(day)), law.in_force(code, since(day))
            where = f"{code} ({day})" if day else code
            floor = _floor(base, code, before, since(day))
            if after.default_age < floor:
                yield (
                    f"{where}.default_age",
                    "%(age)d is below the %(floor)d that the shipped law asks for; raise it",
                    {"age": after.default_age, "floor": floor},
                )
            if before.rule not in {"any_one", after.rule}:
                yield (
                    f"{where}.rule",
                    "the shipped law asks for %(rule)s there; write that",
                    {"rule": before.rule},
                )
            more = sorted(set(after.models) - set(before.models))
            if more:
                yield (
                    f"{where}.models",
                    "%(model)s is not possible there by the shipped law; take it out",
                    {"model": more[0]},
                )


def _floor(base: Law, code: str, before: LawRule, on: date) -> int:
    """The lowest age that a file may set. Where the shipped table does not know the jurisdiction at all, only the
    floor of all laws binds: the high age of the unknown is caution, and a file that names its source may know better.
    """
    listed = before.code != UNKNOWN or code == UNKNOWN
    if not listed or since(before.effective_from) > on:
        return base.floor_age
    return max(base.floor_age, before.default_age if before.age is None else before.age)
