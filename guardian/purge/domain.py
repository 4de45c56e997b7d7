"""A purge from the day it is due to its certificate: moves as data, pure rules.

Eligibility is judged again at approval and at execution: whatever turns valid in between stops it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from guardian.access.due import Due
from guardian.i18n import gettext_noop as N_
from guardian.jurisdiction.clocks import CAPS, Clocks

State = Literal[
    "due", "approved", "cooling_off", "running", "done", "partial", "cancelled", "rescinded", "held", "needs_approval"
]

MOVES: dict[str, frozenset[str]] = {
    "due": frozenset({"cooling_off", "cancelled", "held", "needs_approval"}),
    "needs_approval": frozenset({"cooling_off", "cancelled", "held"}),
    "held": frozenset({"due", "cancelled"}),
    "approved": frozenset({"cooling_off", "cancelled"}),
    "cooling_off": frozenset({"running", "rescinded", "cancelled", "held"}),
    "running": frozenset({"done", "partial"}),
    "partial": frozenset({"done"}),
    "done": frozenset(),
    "cancelled": frozenset(),
    "rescinded": frozenset(),
}
"""What may follow what. An approval is the move into `cooling_off`."""
OPEN: tuple[str, ...] = ("due", "approved", "cooling_off", "running", "held", "needs_approval")

RECIPIENTS: tuple[str, ...] = ("mail_queue", "uploads", "database")
"""Our own systems, in the order in which they forget: the database last, since it knows the ids of all others."""

TOMBSTONE_LIFE = timedelta(days=3 * 365)
"""How long the proof of an erasure is kept (LAW section 4, default 3 years)."""

HISTORY = N_("17(3)(e): ids, states and instants, without a name")
TOMBSTONE = N_("17(3)(b): keyed hashes, so that the erasure stays effective")
BACKUPS = N_("until the backup cycle ends; a restore erases again before it serves")

_CLOCK_OF: dict[str, str] = {
    "no_authorisation": "no_authorisation_days",
    "lapse_or_exit": "lapse_or_exit_days",
    "no_guardian": "waiting_on_guardian_days",
    "waiting_on_guardian": "waiting_on_guardian_days",
    "declined_or_withdrawn": "withdrawal_days",
}


class Purge(msgspec.Struct, frozen=True, kw_only=True):
    """A purge as it is kept."""

    id: UUID
    learner: UUID
    institution: UUID | None
    state: State
    cause: str
    due_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    cooling_until: datetime | None
    started_at: datetime | None
    done_at: datetime | None


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One system's part of a purge, and how much it erased."""

    id: UUID
    purge: UUID
    recipient: str
    state: str
    attempts: int
    erased: dict[str, int]
    done_at: datetime | None


def may(before: str, after: str) -> bool:
    """Whether a purge may move so."""
    return after in MOVES[before]


def answer_on_its_way(reasons: Iterable[str], due: Due | None, now: datetime) -> bool:
    """Whether a guardian has said yes and only our own second message is outstanding, within its time: then nothing
    is purged, whoever approved it.
    """
    return "verification_pending" in reasons and (due is None or due.at > now)


def caps(clocks: Clocks) -> dict[str, timedelta]:
    """By cause, how long after its due date an unapproved purge runs by itself: the same clock at its legal cap
    (LAW section 4). A cause without a clock never does.
    """
    return {cause: timedelta(days=CAPS[clock] - getattr(clocks, clock)) for cause, clock in _CLOCK_OF.items()}


def next_look(now: datetime, *instants: datetime | None) -> datetime | None:
    """The earliest of these instants that is still to come."""
    return min((at for at in instants if at is not None and at > now), default=None)


def certificate(
    purge: Purge,
    tasks: list[Task],
    *,
    done_at: datetime,
    operator: str,
    backups_until: datetime,
    tombstone_until: datetime,
) -> dict[str, Any]:
    """What was erased where and when, and what was not and why: ids, counts and instants, never a name."""
    return {
        "certificate": "guardian-erasure/1",
        "id": purge.id,
        "operator": operator,
        "learner": purge.learner,
        "institution": purge.institution,
        "cause": purge.cause,
        "due_at": purge.due_at,
        "approved_by": purge.approved_by,
        "approved_at": purge.approved_at,
        "started_at": purge.started_at,
        "done_at": done_at,
        "erased": [
            {"system": task.recipient, "what": what, "count": count, "at": task.done_at}
            for task in tasks
            for what, count in sorted(task.erased.items())
        ],
        "kept": [
            {"what": "history", "why": HISTORY, "until": None},
            {"what": "tombstone", "why": TOMBSTONE, "until": tombstone_until},
            {"what": "backups", "why": BACKUPS, "until": backups_until},
        ],
    }
