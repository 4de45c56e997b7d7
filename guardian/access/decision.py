"""The answer: may this learner in, for which purposes, until when, and if not, why and what would help."""

from datetime import UTC, datetime, timedelta
from typing import Literal

import msgspec

from guardian.access.codes import STEPS
from guardian.access.judgement import Access, Verdict


class PurposeDecision(msgspec.Struct, frozen=True):
    """`reason` is the first, in the fixed order, of the codes that hold for this purpose."""

    access: Access
    reason: str


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What `decide` answers. Instants are aware and exact to the microsecond.

    `learner`, `since`, `flag`, `purge_due_at` and `revision` are for whoever gathered the facts to fill in
    (`msgspec.structs.replace`). `basis` names the authorisations, then the consents, that carry a permit.
    """

    learner: str | None = None
    access: Access
    purposes: dict[str, PurposeDecision]
    reasons: tuple[str, ...]
    basis: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    next_step: str | None = None
    flag: str | None = None
    purge_due_at: datetime | None = None
    revision: str | int | None = None

    def document(self) -> dict[str, object]:
        """The answer as its JSON document, with instants as RFC 3339 in UTC, whole seconds, ending in `Z`."""
        return {
            "learner": self.learner,
            "access": self.access,
            "purposes": {name: {"access": p.access, "reason": p.reason} for name, p in self.purposes.items()},
            "reasons": list(self.reasons),
            "basis": list(self.basis),
            "since": written(self.since),
            "until": written(self.until, up=True),
            "next_step": self.next_step,
            "flag": self.flag,
            "purge_due_at": written(self.purge_due_at),
            "revision": self.revision,
        }

    def to_json(self) -> bytes:
        return msgspec.json.encode(self.document())


def decision(verdict: Verdict, until: datetime | None) -> Decision:
    """A verdict in the shape of the answer."""
    return Decision(
        access=verdict.access,
        purposes={name: PurposeDecision(access, reason) for name, access, reason in verdict.purposes},
        reasons=verdict.reasons,
        basis=verdict.basis,
        until=until,
        next_step=STEPS.get(verdict.reasons[0]),
    )


def refusal(
    code: Literal["unknown_learner", "engine_error"],
    *,
    learner: str | None = None,
    purposes: tuple[str, ...] = (),
) -> Decision:
    """The block for a learner nobody knows, and for trouble in the engine."""
    return Decision(
        learner=learner,
        access="block",
        purposes={name: PurposeDecision("block", code) for name in purposes},
        reasons=(code,),
        next_step=STEPS[code],
    )


def written(instant: datetime | None, *, up: bool = False) -> str | None:
    """An aware instant as RFC 3339 in UTC with whole seconds; a fraction is dropped, or rounded up.

    `until` is rounded up, so that at the instant which is written down the answer has indeed changed.
    """
    if instant is None:
        return None
    whole = instant.astimezone(UTC)
    if up and whole.microsecond and whole < datetime.max.replace(microsecond=0, tzinfo=UTC):
        whole += timedelta(seconds=1)
    return f"{whole.replace(tzinfo=None, microsecond=0).isoformat()}Z"
