"""The guardian's page in words: what a template needs, already in the reader's language and the school's time zone."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from guardian.consent.domain import NOES, Current
from guardian.consent.typed import RELATIONSHIP_WORDS, Filled, Problem, field_of
from guardian.consent.view import Child, View
from guardian.i18n import gettext_noop as N_
from guardian.i18n import say_day, say_instant, text
from guardian.notice.domain import Item, Purpose, PurposeText
from guardian.settings import Settings


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question as it stands on the page. `chosen`: yes, no or empty; nothing is ever chosen beforehand that was
    not answered before.
    """

    field: str
    title: str
    why: str
    core: bool
    by_mail: bool
    chosen: str
    error: str | None
    tone: str
    state: str
    detail: str


class AskedChild(msgspec.Struct, frozen=True, kw_only=True):
    """A child with its questions."""

    id: str
    name: str
    class_name: str | None
    questions: tuple[Asked, ...]
    withdrawable: bool
    alone: bool


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A purpose, explained once for all children."""

    code: str
    title: str
    why: str
    kept: str
    core: bool
    by_mail: bool
    items: tuple[Item, ...]


def shown(page: View, settings: Settings, language: str, filled: Filled | None = None) -> dict[str, Any]:
    """Everything a page about this request may say."""
    told = _Telling(page, settings, language, filled)
    notice = page.notice.shown(language)
    ends = page.request.expires_at
    latest = max((word.recorded_at for word in page.words.values()), default=None)
    return {
        "school": page.school,
        "operator": settings,
        "text": notice.text,
        "notice_language": notice.language,
        "notice_version": page.notice.version,
        "notice_day": told.day(page.notice.published_at or page.now),
        "purposes": [told.explained(purpose) for purpose in page.purposes],
        "children": [told.child(child) for child in page.children],
        "names": say_names(language, [child.given_name for child in page.children if not child.alone]),
        "answer_by": told.instant(ends) if ends and page.waiting else None,
        "answered_at": told.instant(latest) if latest else None,
        "waiting": bool(page.waiting),
        "asks": bool(page.questions),
        "in_force": bool(page.purposes),
        "given": bool(page.given),
        "pending": any(word.completed_at is None for word in page.given),
        "confirm_hours": max(1, round(settings.confirm_after / 3600)),
        "relationships": list(RELATIONSHIP_WORDS.items()),
        "filled": filled,
        "problems": [(problem.field, told.problem(problem)) for problem in filled.problems] if filled else [],
    }


def say_names(language: str, names: list[str]) -> str:
    """Given names as a list that reads well: «Anna, Jan and Ola»."""
    if len(names) < 2:
        return "".join(names)
    return text(language, N_("%(names)s and %(last)s"), names=", ".join(names[:-1]), last=names[-1])


_STATES: dict[str, tuple[str, str, str]] = {
    "none": ("waiting", N_("No answer yet"), ""),
    "form": ("waiting", N_("Not agreed"), N_("A yes needs a signed form from the school.")),
    "old": (
        "waiting",
        N_("To be answered again"),
        N_("You said yes on %(day)s, before the notice changed or time ran out."),
    ),
    "pending": ("waiting", N_("Yes, not counting yet"), N_("It counts after our second letter, about %(day)s.")),
    "given": ("permit", N_("Yes"), N_("Since %(day)s")),
    "declined": ("blocked", N_("No"), N_("Since %(day)s")),
    "withdrawn": ("blocked", N_("Withdrawn"), N_("Since %(day)s")),
    "revoked": ("blocked", N_("Ended by somebody else"), N_("Since %(day)s")),
}
"""By stage: tone, word, and a detail with its day. A no to what is optional blocks nothing, so its tone is neutral."""


class _Telling(msgspec.Struct, frozen=True):
    """A page being told in one language."""

    page: View
    settings: Settings
    language: str
    filled: Filled | None

    def day(self, at: datetime) -> str:
        return say_day(self.language, at, self.page.school.timezone)

    def instant(self, at: datetime) -> str:
        return say_instant(self.language, at, self.page.school.timezone)

    def words(self, purpose: str) -> PurposeText:
        found = self.page.notice.shown(self.language).text.purposes
        return found.get(purpose, PurposeText(title=purpose))

    def explained(self, purpose: Purpose) -> Explained:
        words = self.words(purpose.code)
        return Explained(
            code=purpose.code, title=words.title, why=words.why, kept=words.kept, core=purpose.core,
            by_mail=purpose.by_mail, items=words.items,
        )  # fmt: skip

    def child(self, child: Child) -> AskedChild:
        return AskedChild(
            id=str(child.id),
            name=child.given_name,
            class_name=child.class_name,
            questions=tuple(self.asked(child, purpose) for purpose in self.page.purposes),
            withdrawable=any(word.learner == child.id for word in self.page.given),
            alone=child.alone,
        )

    def asked(self, child: Child, purpose: Purpose) -> Asked:
        word = self.page.word(child.id, purpose.code)
        words = self.words(purpose.code)
        wrong = next((p for p in self.problems() if p.key == (child.id, purpose.code)), None)
        kind, at = self.stage(word, purpose)
        tone, word_of_it, detail = _STATES[kind]
        return Asked(
            field=field_of(child.id, purpose.code),
            title=words.title,
            why=words.why,
            core=purpose.core,
            by_mail=purpose.by_mail,
            chosen=self.chosen(child, purpose, word),
            error=self.problem(wrong) if wrong else None,
            tone="neutral" if tone == "blocked" and not purpose.core else tone,
            state=text(self.language, word_of_it),
            detail=text(self.language, detail, day=self.day(at)) if at else text(self.language, detail),
        )

    def problems(self) -> tuple[Problem, ...]:
        return self.filled.problems if self.filled else ()

    def chosen(self, child: Child, purpose: Purpose, word: Current | None) -> str:
        if self.filled is not None:
            return self.filled.choice(child.id, purpose.code)
        if word is None or not word.stands(self.page.now, self.page.material_since):
            return ""
        return "no" if word.state in NOES else "yes"

    def stage(self, word: Current | None, purpose: Purpose) -> tuple[str, datetime | None]:
        if word is None:
            return ("none" if purpose.by_mail else "form"), None
        if word.state != "given":
            return word.state, word.recorded_at
        if not word.stands(self.page.now, self.page.material_since):
            return "old", word.recorded_at
        if word.completed_at is None:
            return "pending", word.recorded_at + timedelta(seconds=self.settings.confirm_after)
        return "given", word.completed_at

    def problem(self, problem: Problem) -> str:
        if problem.key is None:
            return text(self.language, problem.message)
        learner, purpose = problem.key
        child = next((child.given_name for child in self.page.children if child.id == learner), "")
        return text(self.language, problem.message, child=child, purpose=self.words(purpose).title)
