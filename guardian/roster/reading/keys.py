"""Keys by which rows are compared."""

import re

from guardian.roster.reading.draft import Draft
from guardian.roster.reading.folding import name_tokens, plain

ADDRESS = re.compile(r"[^\s<>,;|/()\"':]+@[^\s<>,;|/()\"':]+")
_DIGITS = re.compile(r"[1-9]")
_CENTURY = re.compile(r"(?:19|20)(?=\d\d\b)")
_births: dict[str, str] = {}


def _birth(text: str) -> str:
    """The digits of a date, however it is written; there are few different ones, so they are remembered."""
    known = _births.get(text)
    if known is None:
        known = "".join(sorted(_DIGITS.findall(_CENTURY.sub("", text[:40]))))
        if len(_births) > 20_000:
            _births.clear()
        _births[text] = known
    return known


def name_key(given: str, family: str, birth: str) -> int:
    """The key of a name with a birth date, however the date is written."""
    if given.isascii() and family.isascii():
        return hash((given.strip().casefold(), family.strip().casefold(), _births.get(birth) or _birth(birth)))
    return hash((plain(given).strip(), plain(family).strip(), _birth(birth)))


def person_key(draft: Draft) -> int:
    """The key of the person a draft names; words of an undivided name count in any order."""
    if draft.full and not (draft.given or draft.family):
        return hash((name_tokens(draft.full), _birth(draft.birth)))
    return name_key(draft.given, draft.family, draft.birth)


def mail_key(address: str) -> int:
    """The key of an address, case-folded."""
    return hash(address.casefold())
