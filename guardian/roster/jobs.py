"""Work on large rosters that nobody waits for. Payloads are ids."""

from typing import ClassVar
from uuid import UUID

from guardian.jobs import Job


class PlanRoster(Job, frozen=True):
    """Read an upload and plan what it would change."""

    name: ClassVar[str] = "roster.plan"
    upload: UUID


class CommitRoster(Job, frozen=True):
    """Write an upload's plan. `confirm_missing`: the person also confirmed who is missing."""

    name: ClassVar[str] = "roster.commit"
    upload: UUID
    confirm_missing: bool = False
