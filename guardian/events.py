"""Who did what: the actor of a command, and the event it leaves in the audit log."""

from typing import Any, Literal
from uuid import UUID

import msgspec

ActorKind = Literal["staff", "guardian", "signatory", "learner", "client", "system", "anyone"]
Role = Literal["operator_admin", "privacy_officer", "institution_admin", "roster_manager", "read_only"]


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts. `institution` is set for the staff of one, and bounds what the database shows them."""

    kind: ActorKind
    id: UUID | None = None
    institution: UUID | None = None
    role: Role | None = None

    @property
    def scope(self) -> str:
        """What row-level security lets this actor see: `operator`, `institution:<id>`, `guardian:<id>`, …"""
        if self.kind == "guardian":
            return f"guardian:{self.id}"
        if self.kind == "client":
            return f"client:{self.id}"
        if self.institution is not None:
            return f"institution:{self.institution}"
        return "operator" if self.kind in {"staff", "system"} else "nobody"


SYSTEM = Actor(kind="system")
"""The sweep, the worker and the command line on the operator's own machine."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, in past tense: ids, enums and instants only, never names or addresses."""

    action: str
    subject_kind: str
    subject: UUID | None = None
    institution: UUID | None = None
    payload: dict[str, Any] = {}
