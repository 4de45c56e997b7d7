"""What a draft changes against the version in force, purpose by purpose, and what of it must be asked again.

16 CFR 312.4(b), 312.5(a)(1): a material change in what is collected, used or disclosed needs a new notice and a new
consent. That a purpose is new, takes more data, passes them on further or keeps them longer is always material; that
its words differ may be a mended sentence, so the publisher says.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

import msgspec

from guardian.notice.domain import Draft, Notice, NoticeText, Purpose, PurposeText
from guardian.notice.required import TEXT

Kind = Literal["new", "wider", "reworded", "same", "gone"]
SHARED_PRACTICE = ("disclosure", "recipients", "transfers", "retention", "legal_basis", "third_parties")
"""Fields about all purposes at once that say what is done with data; the others only help the reader."""
_DAYS = {"D": 1, "W": 7, "M": 31, "Y": 366}


class PurposeChange(msgspec.Struct, frozen=True):
    """`what`: the fields that differ, as `retention` or `fr.why`."""

    code: str
    kind: Kind
    what: tuple[str, ...]


class Changes(msgspec.Struct, frozen=True):
    """`shared`: fields that are no purpose's own, as `pl.rights`."""

    purposes: tuple[PurposeChange, ...]
    shared: tuple[str, ...]

    @property
    def must_ask(self) -> tuple[str, ...]:
        """Purposes whose change is material whatever the publisher says."""
        return tuple(one.code for one in self.purposes if one.kind in {"new", "wider"})

    @property
    def may_ask(self) -> tuple[str, ...]:
        """Purposes that are taken to have changed unless the publisher says otherwise; a changed practice that
        is shared changes them all.
        """
        practice = any(field.partition(".")[2] in SHARED_PRACTICE for field in self.shared)
        return tuple(
            one.code
            for one in self.purposes
            if one.kind != "gone" and (practice or one.kind in {"new", "wider", "reworded"})
        )

    @property
    def nothing(self) -> bool:
        """Whether the draft says what is said already."""
        return not self.shared and all(one.kind == "same" for one in self.purposes)


def changes(before: Notice | None, draft: Draft) -> Changes:
    """What differs. Before the first version everything is new."""
    old = {purpose.code: purpose for purpose in before.purposes} if before else {}
    texts = {language: shown.text for language, shown in before.texts.items()} if before else {}
    found = [_of_purpose(old.get(purpose.code), purpose, texts, draft.texts) for purpose in draft.purposes]
    kept = {purpose.code for purpose in draft.purposes}
    found += [PurposeChange(code, "gone", ()) for code in old if code not in kept]
    return Changes(tuple(found), tuple(_shared(texts, draft.texts)))


def stale(found: Changes, draft: Draft) -> tuple[str, ...] | None:
    """The purposes whose answers a material draft makes stale; None: all of them, as when one is published anew without
    any change of words.
    """
    if draft.changed is not None:
        return tuple(sorted({*draft.changed, *found.must_ask}))
    return tuple(sorted(found.may_ask)) or None


def _of_purpose(
    old: Purpose | None, new: Purpose, before: dict[str, NoticeText], after: dict[str, NoticeText]
) -> PurposeChange:
    if old is None:
        return PurposeChange(new.code, "new", ())
    settings = [name for name in Purpose.__struct_fields__ if getattr(old, name) != getattr(new, name)]
    words = [
        f"{language}.{name}"
        for language in sorted(before.keys() | after.keys())
        for name in PurposeText.__struct_fields__
        if _word(before, language, new.code, name) != _word(after, language, new.code, name)
    ]
    kind: Kind = "wider" if _wider(old, new) else "reworded" if settings or words else "same"
    return PurposeChange(new.code, kind, (*settings, *words))


def _wider(old: Purpose, new: Purpose) -> bool:
    return (
        bool(set(new.categories) - set(old.categories))
        or bool(set(new.recipients) - set(old.recipients))
        or (new.disclosure and not old.disclosure)
        or (new.commercial and not old.commercial)
        or _days(new.retention) > _days(old.retention)
    )


def _days(duration: str) -> int:
    """The longest that a duration may be, in days; what cannot be read is longest."""
    number, unit = duration[1:-1], duration[-1:]
    return int(number) * _DAYS[unit] if number.isdecimal() and unit in _DAYS else 10**9


def _word(texts: dict[str, NoticeText], language: str, code: str, name: str) -> object:
    text = texts.get(language)
    words = text.purposes.get(code) if text else None
    return getattr(words, name) if words else None


def _shared(before: dict[str, NoticeText], after: dict[str, NoticeText]) -> Iterator[str]:
    for language in sorted(before.keys() | after.keys()):
        for field in (*(one.field for one in TEXT), "third_parties"):
            if read(before.get(language), field) != read(after.get(language), field):
                yield f"{language}.{field}"


def read(text: NoticeText | None, field: str) -> object:
    """The value at a path such as `operator.name`; None where there is no such text."""
    value: object = text
    for name in field.split("."):
        value = getattr(value, name, None)
    return value


def marked(old: str, new: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Both texts cut into pieces, each with whether only this one has it; to be shown side by side."""
    one, other = _pieces(old), _pieces(new)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for verb, a, b, c, d in SequenceMatcher(None, one, other).get_opcodes():
        if a < b:
            left.append(("".join(one[a:b]), verb != "equal"))
        if c < d:
            right.append(("".join(other[c:d]), verb != "equal"))
    return left, right


def _pieces(text: str) -> list[str]:
    """Words with the space after them. That the matcher leaves frequent words out as anchors keeps it fast."""
    return re.findall(r"\s*\S+\s*|\s+", text)
