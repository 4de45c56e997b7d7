"""What the pages about the notice say: kinds of change, and what is missing where."""

import msgspec

from guardian.i18n import gettext_noop as N_
from guardian.notice.required import Requirement, requirement_of

KINDS = {
    "new": N_("New purpose"),
    "wider": N_("Takes, keeps or passes on more"),
    "reworded": N_("Other words or settings"),
    "same": N_("As before"),
    "gone": N_("Taken out"),
}
STATES = {"published": N_("In force"), "superseded": N_("Replaced"), "draft": N_("Draft")}
METHODS = {
    "email_plus": N_("E-mail with a second letter, or stronger"),
    "signed_form": N_("A signed form, or in person, by phone or video, or a provider"),
}
LANGUAGES = {"en": N_("English"), "fr": N_("French"), "pl": N_("Polish")}
SETTINGS = {
    "core": N_("needed for the service"),
    "disclosure": N_("passes data on"),
    "commercial": N_("commercial"),
    "guardian_always": N_("a guardian is always asked"),
}


class Lack(msgspec.Struct, frozen=True):
    """Something that is missing: where, what, which rule asks for it, and the page on which to mend it."""

    place: str
    language: str | None
    purpose: str | None
    title: str
    sources: tuple[str, ...]
    href: str


def lacks(places: tuple[str, ...]) -> list[Lack]:
    """What `missing` named, ready to be shown."""
    return [_lack(place) for place in places]


def _lack(place: str) -> Lack:
    one: Requirement = requirement_of(place)
    head, _, rest = place.partition(".")
    parts = rest.split(".")
    if head == "purposes":
        code = parts[0] if len(parts) > 1 else None
        return Lack(place, None, code, one.title, one.sources, f"/admin/notices/draft/purpose?code={code or ''}")
    purpose = parts[1] if len(parts) == 3 and parts[0] == "purposes" else None
    return Lack(place, head, purpose, one.title, one.sources, f"/admin/notices/draft/text/{head}#{rest}")
