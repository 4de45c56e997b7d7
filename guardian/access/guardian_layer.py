"""Layer 3, the guardians: who said yes, who said no, and what is still missing, per purpose."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import NamedTuple

from guardian.access import facts as f

NOES = frozenset({"declined", "withdrawn", "revoked"})
"""The states that are a no. `void`, `expired` and `stale` are no yes, but no objection either."""
WEAK_METHODS = frozenset({None, "email_plus", "text_plus", "school_attested"})
"""Not strong enough for a disclosure (16 CFR 312.5(b)(2)(viii), (ix)); nor is a method nobody wrote down."""


class Question(NamedTuple):
    """One purpose and what every guardian with full authority has answered about it, over all time."""

    disclosure: bool
    material_since: int
    rows: list[list[f.Consent]]
    reachable: bool


class Answer(NamedTuple):
    """One guardian's answer at an instant. `codes` say why it is no yes; `counted` are the rows behind it."""

    yes: bool
    no: bool
    silent: bool
    codes: AbstractSet[str]
    counted: list[f.Consent]
    pending: bool


_SILENT = Answer(yes=False, no=False, silent=True, codes=frozenset(), counted=[], pending=False)


def counted(rows: Iterable[f.Consent], now: datetime) -> list[f.Consent]:
    """The row that counts. Rows that tie and agree count together, so that their order never matters.

    A negative row without an instant counts at once and stays the latest: nobody can show that a yes
    came after it. Of a tie the negative ones count.
    """
    undated: list[f.Consent] = []
    found: list[f.Consent] = []
    latest: datetime | None = None
    for row in rows:
        at = row.completed_at
        if at is None:
            if row.state != "given":
                undated.append(row)
        elif at <= now and (latest is None or at > latest):
            latest, found = at, [row]
        elif at == latest:
            found.append(row)
    if undated or len(found) < 2:
        return undated or found
    return [row for row in found if row.state != "given"] or found


def hear(question: Question, rows: list[f.Consent], now: datetime) -> Answer:
    """One guardian's answer at an instant."""
    if not rows:
        return _SILENT
    heard = counted(rows, now)
    codes: set[str] = set()
    no = False
    for row in heard:
        if row.state == "given":
            _add_faults(codes, question, row, now)
        else:
            codes.add(f"consent_{row.state}")
            no = no or row.state in NOES
    pending = False
    for row in rows:
        if row.state == "given" and (row.completed_at is None or row.completed_at > now):
            pending = True
    return Answer(bool(heard) and not codes, no, not heard and not pending, codes, heard, pending)


def _add_faults(codes: set[str], question: Question, row: f.Consent, now: datetime) -> None:
    """Why a counted `given` is no yes, if it is none."""
    if row.valid_until is not None and now >= row.valid_until:
        codes.add("consent_expired")
    if row.notice_version is None or row.notice_version < question.material_since:
        codes.add("consent_stale")
    if question.disclosure and row.method in WEAK_METHODS:
        codes.add("method_too_weak")


def objections(answers: list[Answer]) -> set[str]:
    """The codes of every counted no; beside a yes, that the guardians disagree. Any no beats every yes."""
    codes: set[str] = set()
    for answer in answers:
        if answer.no:
            codes |= answer.codes
    if codes and any(answer.yes for answer in answers):
        codes.add("guardians_disagree")
    return codes


def missing(answers: list[Answer], *, every: bool, reachable: bool) -> set[str]:
    """Why the guardians' yes is not there; empty where it is. `every`: one guardian's yes is not enough."""
    if not answers:
        return {"no_guardian"}
    if all(answer.silent for answer in answers):
        return {"consent_missing" if reachable else "no_guardian_channel"}
    if not every and any(answer.yes for answer in answers):
        return set()
    codes: set[str] = set()
    for answer in answers:
        if answer.yes:
            continue
        codes |= answer.codes
        if answer.pending:
            codes.add("verification_pending")
        if every and answer.silent:
            codes.add("consent_missing")
    return codes
