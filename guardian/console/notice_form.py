"""The text of the notice as the fields of a form, and back."""

from collections.abc import Iterator, Mapping

import msgspec

from guardian.errors import Refused
from guardian.i18n import gettext_noop as N_
from guardian.notice.domain import Item, NoticeText, Operator, PurposeText, ThirdParty
from guardian.notice.required import PURPOSE, TEXT, THIRD_PARTIES, Requirement

LONGEST = 10_000
"""Characters of one field."""


class Box(msgspec.Struct, frozen=True):
    """One field of the editor. `name` is its place in the text; `lines`: how many rows it takes."""

    name: str
    title: str
    sources: tuple[str, ...]
    value: str
    lines: int
    purpose: str | None = None
    hint: str | None = None


_SHORT = frozenset({"title", "operator.name", "operator.phone", "operator.email", "online_notice_url"})
_ITEMS = N_("One kind of data per line: its name, then | and how it is used.")
_PARTIES = N_("One per line: who, then | and what for; add | optional where the service works without.")


def boxes(text: NoticeText, purposes: tuple[str, ...]) -> list[Box]:
    """A text as the fields of its form, in the order in which people read it."""
    found = [Box(one.field, one.title, one.sources, text_at(text, one.field), _lines(one.field)) for one in TEXT]
    parties = Box(
        "third_parties", THIRD_PARTIES.title, THIRD_PARTIES.sources, text_at(text, "third_parties"), 4, hint=_PARTIES
    )
    after = next(index for index, box in enumerate(found) if box.name == "disclosure") + 1
    found.insert(after, parties)
    for code in purposes:
        for one in PURPOSE:
            name = f"purposes.{code}.{one.field}"
            items = one.field == "items"
            found.append(
                Box(
                    name, one.title, one.sources, text_at(text, name), 6 if items else 1 if one.field == "title" else 2,
                    purpose=code, hint=_ITEMS if items else None,
                )
            )  # fmt: skip
    return found


def text_of(form: Mapping[str, str], purposes: tuple[str, ...]) -> NoticeText:
    """The text that a form holds. Raises Refused naming the field that is too long."""
    said = {name: _tidy(name, value) for name, value in form.items()}
    plain = {one.field: said.get(one.field, "") for one in TEXT if "." not in one.field}
    return NoticeText(
        **plain,
        operator=Operator(**{name: said.get(f"operator.{name}", "") for name in Operator.__struct_fields__}),
        third_parties=tuple(_parties(said.get("third_parties", ""))),
        purposes={
            code: PurposeText(
                title=said.get(f"purposes.{code}.title", ""),
                why=said.get(f"purposes.{code}.why", ""),
                kept=said.get(f"purposes.{code}.kept", ""),
                items=tuple(_items(said.get(f"purposes.{code}.items", ""))),
            )
            for code in purposes
        },
    )


def text_at(text: NoticeText | None, place: str) -> str:
    """What stands at a place of a text, as the editor shows it."""
    value: object = text
    for name in place.split("."):
        value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
    if isinstance(value, tuple):
        return "\n".join(_line(one) for one in value)
    return value if isinstance(value, str) else ""


def places(*texts: NoticeText | None) -> Iterator[tuple[str, Requirement]]:
    """Every place that any of these texts has, in reading order."""
    codes = list(dict.fromkeys(code for text in texts if text for code in text.purposes))
    for one in TEXT:
        yield one.field, one
        if one.field == "disclosure":
            yield "third_parties", THIRD_PARTIES
    for code in codes:
        for one in PURPOSE:
            yield f"purposes.{code}.{one.field}", one


def _lines(field: str) -> int:
    return 1 if field in _SHORT else 3


def _line(one: object) -> str:
    if isinstance(one, Item):
        return f"{one.name} | {one.use}" if one.use else one.name
    if isinstance(one, ThirdParty):
        end = "" if one.integral else " | optional"
        return f"{one.identity_or_category} | {one.purpose}{end}"
    return str(one)


def _items(written: str) -> Iterator[Item]:
    for line in _filled(written):
        name, _, use = line.partition("|")
        yield Item(name=name.strip(), use=use.strip())


def _parties(written: str) -> Iterator[ThirdParty]:
    for line in _filled(written):
        who, purpose, *rest = [part.strip() for part in f"{line}|".split("|")]
        yield ThirdParty(identity_or_category=who, purpose=purpose, integral="optional" not in rest)


def _filled(written: str) -> list[str]:
    return [line.strip() for line in written.split("\n") if line.strip()]


def _tidy(name: str, value: str) -> str:
    if len(value) > LONGEST:
        raise Refused(
            "field_too_long",
            N_("Use at most %(most)d characters; there are %(count)d now."),
            params={"most": LONGEST, "count": len(value)},
            where=name,
        )
    return value.replace("\r\n", "\n").replace("\r", "\n").strip()
