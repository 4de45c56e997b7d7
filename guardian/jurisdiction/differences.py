"""Which rules and clocks differ between two versions of the law."""

from collections.abc import Iterable

import msgspec

from guardian.jurisdiction.law import UNKNOWN, Law, LawRule, folded, lineage

_DECIDING = ("default_age", "rule", "models", "leap_day")
"""Fields of a rule on which a decision rests; the others say where it comes from."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One field of one rule (or clock) in the old and the new table; None: it is not there."""

    where: str
    effective_from: str | None
    field: str
    old: object
    new: object

    @property
    def decides(self) -> bool:
        """Whether a decision may rest on it."""
        return self.field in _DECIDING or self.old is None or self.new is None


def differences(old: Law, new: Law) -> tuple[Difference, ...]:
    """Every field that differs, by code and date; a rule that only one table has is told once, whole."""
    before, after = _by_place(old), _by_place(new)
    found: list[Difference] = []
    for code, day in sorted(before.keys() | after.keys()):
        one, other = before.get((code, day)), after.get((code, day))
        if one is None or other is None:
            found.append(
                Difference(
                    where=code,
                    effective_from=day or None,
                    field="rule_as_a_whole",
                    old=_told(one) if one else None,
                    new=_told(other) if other else None,
                )
            )
            continue
        was, now = msgspec.to_builtins(one), msgspec.to_builtins(other)
        found += [
            Difference(where=code, effective_from=day or None, field=name, old=was[name], new=now[name])
            for name in was
            if was[name] != now[name]
        ]
    for name in sorted(old.by_clock.keys() | new.by_clock.keys()):
        lengths = [law.by_clock[name].default if name in law.by_clock else None for law in (old, new)]
        if lengths[0] != lengths[1]:
            found.append(Difference(where=name, effective_from=None, field="days", old=lengths[0], new=lengths[1]))
    return tuple(found)


def concerned(changes: Iterable[Difference], jurisdictions: Iterable[str]) -> bool:
    """Whether any deciding difference may touch a learner of these jurisdictions."""
    asked = {name for code in jurisdictions for name in lineage(code)} | {UNKNOWN}
    return any(change.decides and folded(change.where) in asked for change in changes)


def _by_place(law: Law) -> dict[tuple[str, str], LawRule]:
    return {(rule.code, str(rule.effective_from or "")): rule for rule in law.rules}


def _told(rule: LawRule) -> dict[str, object]:
    return {"default_age": rule.default_age, "rule": rule.rule, "models": list(rule.models), "source": rule.source}
