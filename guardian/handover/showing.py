"""The learner's own page in words: what the template needs, in the reader's language and the learner's time zone."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import msgspec

from guardian.handover.domain import Choice
from guardian.handover.service import View
from guardian.i18n import gettext_noop as N_
from guardian.i18n import say_day, text
from guardian.notice.domain import Item, PurposeText
from guardian.settings import Settings

FIELD = "purpose-"
TROUBLE = {
    "too_early": N_("That was faster than anybody reads, so nothing was recorded. Please check and press once more."),
    "expired": N_("This page was open for a long time, so nothing was recorded yet. Please press once more."),
    "malformed": N_("Something was missing from the page, so nothing was recorded. Please press once more."),
}
_MISSING = N_("Choose yes or no.")


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One purpose. `chosen` is what was pressed just now, else the learner's own answer; never anybody else's."""

    field: str
    title: str
    why: str
    items: tuple[Item, ...]
    kept: str
    core: bool
    on: bool
    own: str
    chosen: str
    error: str | None


def shown(
    page: View, settings: Settings, language: str, *, choices: Mapping[str, Choice], missing: Collection[str]
) -> dict[str, Any]:
    """Everything the page says. Who else answered what is not among it, only what is in use now."""
    notice = page.notice.shown(language)

    def day(at: datetime) -> str:
        return say_day(language, at, page.person.timezone)

    def asked(code: str, *, core: bool) -> Asked:
        words = notice.text.purposes.get(code, PurposeText(title=code))
        state, at = page.answers.get(code, (None, None))
        own = "" if state is None else "yes" if state == "given" else "no"
        said = {"": "", "yes": N_("You said yes on %(day)s."), "no": N_("You said no on %(day)s.")}[own]
        return Asked(
            field=FIELD + code, title=words.title, why=words.why, items=words.items, kept=words.kept, core=core,
            on=code in page.on, own=text(language, said, day=day(at)) if at else "",
            chosen=choices.get(code) or own, error=text(language, _MISSING) if code in missing else None,
        )  # fmt: skip

    questions = [asked(one.code, core=one.core) for one in page.purposes]
    return {
        "learner": page.person.given_name,
        "school": page.person.school,
        "school_email": page.person.school_email,
        "operator": settings,
        "text": notice.text,
        "notice_language": notice.language,
        "notice_version": page.notice.version,
        "notice_day": day(page.notice.published_at or page.now),
        "day": day(page.of_age_at),
        "begun": page.begun,
        "answered": bool(page.answers),
        "closed": any(one.core and not one.on for one in questions) and page.begun,
        "questions": questions,
        "problems": [(one.field, f"{one.title} – {one.error}") for one in questions if one.error],
    }
