"""What data is used for, and the notice that says so: Structs, what a notice must carry, its hash."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec

# Whole years, months, weeks or days; never zero, never "for ever" (LAW requirement 58; 16 CFR 312.10).
_DURATION = re.compile(r"P[1-9][0-9]{0,3}[YMWD]")


class Purpose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing data is used for. `retention` is an ISO 8601 duration in one unit (`P1Y`, `P90D`).

    `core`: the service cannot be had without it · `disclosure`: passes data to others or makes it public, so that
    weak methods do not do · `commercial`: no school may authorise it (FTC FAQ N) · `guardian_always`: the guardian
    is asked under every legal model.
    """

    code: str
    core: bool = False
    disclosure: bool = False
    commercial: bool = False
    guardian_always: bool = False
    retention: str


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """Who collects (16 CFR 312.4(d)(1); GDPR art. 13(1)(a))."""

    name: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of data and how it is meant to be used (16 CFR 312.4(c)(1)(iii))."""

    name: str = ""
    use: str = ""


class PurposeText(msgspec.Struct, frozen=True, kw_only=True):
    """A purpose as people read it. `kept`: how long, in words."""

    title: str = ""
    why: str = ""
    kept: str = ""
    items: tuple[Item, ...] = ()


class ThirdParty(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who gets data, why, and whether the service is impossible without (16 CFR 312.4(c)(1)(iv))."""

    identity_or_category: str = ""
    purpose: str = ""
    integral: bool = True


class NoticeText(msgspec.Struct, frozen=True, kw_only=True):
    """The notice in one language. Each field carries what a law asks for; `missing` says which are empty."""

    title: str = ""
    intro: str = ""
    operator: Operator = Operator()
    source_of_contact: str = ""  # 312.4(c)(1)(i); GDPR art. 14(2)(f)
    no_consent_no_collection: str = ""  # (ii)
    purposes: dict[str, PurposeText] = {}  # (iii); art. 13(1)(c)
    disclosure: str = ""  # (iv): who else, and that one may agree without it
    third_parties: tuple[ThirdParty, ...] = ()
    online_notice_url: str = ""  # (v)
    how_to_consent: str = ""  # (vi)
    deletion_deadline: str = ""  # (vii)
    legal_basis: str = ""  # art. 13(1)(c)
    recipients: str = ""  # art. 13(1)(e)
    transfers: str = ""  # art. 13(1)(f)
    retention: str = ""  # art. 13(2)(a); 312.10
    rights: str = ""  # art. 13(2)(b); 312.6
    withdrawal: str = ""  # art. 13(2)(c)
    complaint: str = ""  # art. 13(2)(d)
    statutory_need: str = ""  # art. 13(2)(e)
    automated_decisions: str = ""  # art. 13(2)(f)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A notice before it is published. `material`: whether earlier answers no longer cover it (312.4(b))."""

    purposes: tuple[Purpose, ...]
    texts: dict[str, NoticeText]
    material: bool = True


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The notice in one language, with the hash of exactly what is shown."""

    language: str
    text: NoticeText
    sha256: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A published version. `texts` by language; `published_at` is UTC."""

    id: UUID
    version: int
    material: bool
    published_at: datetime | None
    purposes: tuple[Purpose, ...]
    texts: dict[str, Shown]

    def shown(self, language: str) -> Shown:
        """The text in that language, else in English, else in any: a reader always gets a whole notice."""
        return self.texts.get(language) or self.texts.get("en") or next(iter(self.texts.values()))


def content_sha256(text: NoticeText) -> str:
    """SHA-256, in hex, over the canonical JSON of a text (keys sorted), so that it can be made again from the row."""
    return sha256(msgspec.json.encode(text, order="sorted")).hexdigest()


def missing(draft: Draft, languages: tuple[str, ...]) -> tuple[str, ...]:
    """What a notice lacks before it may be published, as `fr.how_to_consent` (LAW requirement 19); empty: nothing."""
    return tuple(_missing(draft, languages))


def _missing(draft: Draft, languages: tuple[str, ...]) -> Iterator[str]:
    if not any(purpose.core for purpose in draft.purposes):
        yield "purposes.core"
    for purpose in draft.purposes:
        if not purpose.code.isidentifier():
            yield "purposes.code"
        if not _DURATION.fullmatch(purpose.retention):
            yield f"purposes.{purpose.code}.retention"
        if purpose.core and purpose.commercial:
            yield f"purposes.{purpose.code}.commercial"
    for language in languages:
        text = draft.texts.get(language)
        if text is None:
            yield language
        else:
            yield from (f"{language}.{field}" for field in _missing_in(text, draft.purposes))


def _missing_in(text: NoticeText, purposes: tuple[Purpose, ...]) -> Iterator[str]:
    yield from _empty("", msgspec.structs.asdict(text))
    yield from _empty("operator.", msgspec.structs.asdict(text.operator))
    for purpose in purposes:
        words = text.purposes.get(purpose.code, PurposeText())
        yield from _empty(f"purposes.{purpose.code}.", msgspec.structs.asdict(words))
        if not words.items or any(not item.name.strip() or not item.use.strip() for item in words.items):
            yield f"purposes.{purpose.code}.items"
    if set(text.purposes) - {purpose.code for purpose in purposes}:
        yield "purposes"
    complete = all(party.identity_or_category.strip() and party.purpose.strip() for party in text.third_parties)
    if not complete or (not text.third_parties and any(purpose.disclosure for purpose in purposes)):
        yield "third_parties"


def _empty(prefix: str, fields: Mapping[str, object]) -> Iterator[str]:
    for name, value in fields.items():
        if isinstance(value, str) and not value.strip():
            yield prefix + name
