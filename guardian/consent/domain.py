"""What a consent request and a guardian's answer mean: moves as data, and the rules of changing one's mind.

Rules: GDPR art. 7(1)-(4) (provable, per purpose, freely refused, as easily withdrawn as given); 16 CFR 312.5(a),
(b)(2)(viii) (e-mail plus counts only after a second, delayed message, and never for a disclosure).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from guardian.errors import Conflict
from guardian.i18n import gettext_noop as N_

RequestState = Literal["queued", "sent", "delivered", "bounced", "answered", "expired", "cancelled", "superseded"]
Verb = Literal["send", "deliver", "bounce", "answer", "expire", "cancel", "supersede"]
AnswerState = Literal["given", "declined", "withdrawn", "revoked", "expired", "void", "stale"]
Choice = Literal["yes", "no"]
Relationship = Literal["mother", "father", "legal_guardian", "foster_parent", "other"]

OPEN: tuple[RequestState, ...] = ("queued", "sent", "delivered", "bounced")
"""States in which an answer is still awaited. A guardian has at most one such request."""
NOES: frozenset[str] = frozenset({"declined", "withdrawn", "revoked"})

MOVES: dict[tuple[Verb, RequestState], RequestState] = {
    ("send", "queued"): "sent",
    ("send", "bounced"): "sent",  # the address was mended and the letter went out again
    ("send", "sent"): "sent",
    ("send", "delivered"): "sent",
    ("deliver", "sent"): "delivered",
    ("bounce", "queued"): "bounced",
    ("bounce", "sent"): "bounced",
    ("bounce", "delivered"): "bounced",
    ("expire", "sent"): "expired",
    ("expire", "delivered"): "expired",
    ("expire", "bounced"): "expired",
    **{("answer", state): "answered" for state in OPEN},  # a printed or forwarded link works before and after a bounce
    **{("cancel", state): "cancelled" for state in OPEN},
    **{("supersede", state): "superseded" for state in OPEN},
}
"""Every move there is: (verb, from) to state. What is not listed is refused."""


def sources(verb: Verb) -> list[RequestState]:
    """The states from which that move starts, for a guarded update."""
    return [state for (known, state) in MOVES if known == verb]


def move(state: RequestState, verb: Verb) -> RequestState:
    """The state after the move. Raises Conflict where there is no such move."""
    try:
        return MOVES[verb, state]
    except KeyError:
        raise Conflict(
            "request_moved_on",
            N_("This question is no longer open (%(state)s). Load the page again to see where it stands."),
            params={"state": state},
        ) from None


class Question(msgspec.Struct, frozen=True):
    """One thing to answer: may this learner's data be used for this purpose? `by_mail` is False where a yes by
    e-mail would not count in law (a disclosure): then only a no is recorded, and a yes needs a signed form.
    """

    learner: UUID
    purpose: str
    by_mail: bool = True


class Current(msgspec.Struct, frozen=True, kw_only=True):
    """The guardian's latest word on one question. `completed_at` None: a yes that the second message has yet to
    confirm. `covers`: the newest version of the notice that it still answers (0: the one it was given to).
    """

    learner: UUID
    purpose: str
    state: AnswerState
    method: str
    notice_version: int
    recorded_at: datetime
    completed_at: datetime | None
    valid_until: datetime | None
    act: UUID
    covers: int = 0

    @property
    def answers(self) -> int:
        """The newest version of the notice that this is an answer to."""
        return max(self.covers, self.notice_version)

    def stands(self, now: datetime, material_since: int) -> bool:
        """Whether this is an answer to the notice in force (aware `now`)."""
        if self.state in NOES:
            return True
        in_time = self.valid_until is None or now < self.valid_until
        return self.state == "given" and in_time and self.answers >= material_since


Key = tuple[UUID, str]


class Entry(msgspec.Struct, frozen=True):
    """A row to append."""

    learner: UUID
    purpose: str
    state: AnswerState


ANSWERS: dict[tuple[Choice, AnswerState | None], AnswerState | None] = {
    ("yes", None): "given",
    ("yes", "given"): None,  # unless it no longer stands: then it is given anew
    ("no", "given"): "withdrawn",
    ("no", None): "declined",
    **{("no", state): None for state in ("declined", "withdrawn", "revoked")},
    **{("no", state): "declined" for state in ("expired", "void", "stale")},
    **{
        ("yes", state): "given" for state in ("declined", "withdrawn", "revoked", "expired", "void", "stale")
    },
}  # fmt: skip
"""What a choice adds to a guardian's latest word on a question; None: nothing, since it says the same already."""


def entries(
    questions: Iterable[Question],
    choices: Mapping[Key, Choice],
    current: Mapping[Key, Current],
    *,
    notice_version: int,
    now: datetime,
) -> list[Entry]:
    """What the guardian's choices add to the record: only what differs from what stands already.

    A no after a yes is a withdrawal, a no before any yes a refusal. A yes to a newer notice, or after the last one
    ran out, is a new yes. A yes that cannot be given by e-mail adds nothing: it waits for the form.
    """
    found = []
    for question in questions:
        key = (question.learner, question.purpose)
        choice, before = choices[key], current.get(key)
        if choice == "yes" and not question.by_mail:
            continue
        said = before.state if before is not None else None
        if choice == "yes" and before is not None and not before.stands(now, notice_version):
            said = None
        state = ANSWERS[choice, said]
        if state is not None:
            found.append(Entry(*key, state))
    return found


def withdrawals(current: Iterable[Current], learners: Collection[UUID]) -> list[Entry]:
    """A withdrawal of every yes that stands for these learners, completed or not."""
    return [Entry(c.learner, c.purpose, "withdrawn") for c in current if c.state == "given" and c.learner in learners]


def unanswered(questions: Iterable[Question], current: Mapping[Key, Current], now: datetime, since: int) -> list[Key]:
    """The questions that still wait. One that cannot be answered by mail keeps no request open."""
    waiting = []
    for question in questions:
        key = (question.learner, question.purpose)
        before = current.get(key)
        if question.by_mail and not (before is not None and before.stands(now, since)):
            waiting.append(key)
    return waiting


def completed_at(state: AnswerState, now: datetime, latest: datetime | None) -> datetime | None:
    """From when the row counts. A yes waits for the second message. A no counts at once, and never before the
    latest completed row of the same question: of a tie the no counts, so no race can leave a yes on top.
    """
    if state == "given":
        return None
    return now if latest is None else max(now, latest)
