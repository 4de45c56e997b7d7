"""What a person must look at. A flag records that; it never is the decision (PRODUCT section 3)."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

Kind = Literal[
    "no_basis", "no_guardian", "undeliverable", "guardians_disagree", "not_my_child", "reported",
    "guardian_is_learner", "shared_address", "identity_held", "birth_date_changed", "mass_removal",
    "erased_reimport", "purge_overdue", "override",
]  # fmt: skip
State = Literal["open", "in_review", "resolved"]
Outcome = Literal["basis_found", "corrected", "held", "purge_approved", "dismissed"]
Severity = Literal["high", "normal", "low"]

SEVERITY: dict[str, Severity] = {
    "reported": "high", "identity_held": "high", "guardians_disagree": "high", "not_my_child": "high",
    "purge_overdue": "high", "erased_reimport": "high", "guardian_is_learner": "high", "mass_removal": "high",
    "no_basis": "normal", "no_guardian": "normal", "undeliverable": "normal", "birth_date_changed": "normal",
    "override": "normal", "shared_address": "low",
}  # fmt: skip

CLEARS_BY_ITSELF: frozenset[str] = frozenset({"no_basis", "no_guardian", "undeliverable", "guardians_disagree"})
"""Kinds whose cause is derived from facts: when the cause is gone, so is the flag."""


class Flag(msgspec.Struct, frozen=True, kw_only=True):
    """A flag as it is kept. `due_at` is the one due date, the same on every page, mail and answer."""

    id: UUID
    kind: Kind
    learner: UUID | None
    institution: UUID | None
    state: State
    severity: Severity
    since: datetime
    due_at: datetime | None
    assignee: UUID | None
    outcome: Outcome | None
    resolved_at: datetime | None


_DISAGREE = frozenset({"guardians_disagree"})
_NO_GUARDIAN = frozenset({"no_guardian", "no_guardian_channel"})
LOOK_BEFORE = timedelta(days=2)
"""So long before the end of its clock a block becomes a person's matter."""


def wanted(
    reasons: frozenset[str], *, blocked: bool, due_at: datetime | None, now: datetime, mail_comes_back: bool = False
) -> frozenset[Kind]:
    """The derived flags that should stand for a learner now.

    A block alone is no flag while somebody may still answer in time: a person must look once two days or less of its
    clock are left (after the last reminder), when no guardian can be asked, when a guardian's mail comes back, or when
    guardians disagree.
    """
    if not blocked:
        return frozenset()
    kinds: set[Kind] = set()
    if reasons & _DISAGREE:
        kinds.add("guardians_disagree")
    if reasons & _NO_GUARDIAN:
        kinds.add("no_guardian")
    if not kinds and due_at is not None and due_at - now <= LOOK_BEFORE:
        kinds.add("no_basis")
    if mail_comes_back:
        kinds.add("undeliverable")
    return frozenset(kinds)


def look_at(due_at: datetime | None) -> datetime | None:
    """When `wanted` would next say something else because of the clock alone."""
    return None if due_at is None else due_at - LOOK_BEFORE
