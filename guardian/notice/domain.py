"""What data is used for, and the notice that says so: Structs, what a notice must carry, its hash."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

import msgspec

from guardian.notice.required import PURPOSE, TEXT

# Whole years, months, weeks or days; never zero, never "for ever" (LAW requirement 58; 16 CFR 312.10).
_DURATION = re.compile(r"P[1-9][0-9]{0,3}[YMWD]")


MinimumMethod = Literal["email_plus", "signed_form"]
"""`email_plus`: any method does · `signed_form`: that, or another that shows more than a mailbox (in person, by phone
or video, a provider); `email_plus`, `text_plus`, `school_attested` do not (16 CFR 312.5(b)(2)).
"""


class Purpose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing data is used for. `retention` is an ISO 8601 duration in one unit (`P1Y`, `P90D`).

    `core`: the service cannot be had without it · `disclosure`: passes data to others or makes it public, so that
    weak methods do not do · `commercial`: no school may authorise it (FTC FAQ N) · `guardian_always`: the guardian
    is asked under every legal model · `categories` of data and `recipients`: short names, in no language.
    """

    code: str
    core: bool = False
    disclosure: bool = False
    commercial: bool = False
    guardian_always: bool = False
    retention: str
    categories: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    minimum_method: MinimumMethod = "email_plus"

    @property
    def by_mail(self) -> bool:
        """Whether a yes by e-mail counts: never for a disclosure (16 CFR 312.5(b)(2)(viii))."""
        return not self.disclosure and self.minimum_method == "email_plus"


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
    """A notice before it is published. `material`: whether it changes what was agreed to (312.4(b)); then earlier
    answers about the purposes in `changed` no longer cover it (None: those that differ from the version in force).
    """

    purposes: tuple[Purpose, ...]
    texts: dict[str, NoticeText]
    material: bool = True
    changed: tuple[str, ...] | None = None

    @property
    def sha256(self) -> str:
        """SHA-256 over everything that people would read and agree to."""
        return sha256(msgspec.json.encode((self.purposes, self.texts), order="sorted")).hexdigest()


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """Which earlier answers a material change leaves standing: those about purposes that it did not touch.

    `material_since`: the last material version (0: none) · `by_purpose`: the last one that changed a purpose ·
    `everything`: the last one that changed them all.
    """

    material_since: int = 0
    everything: int = 0
    by_purpose: dict[str, int] = {}

    def since(self, purpose: str) -> int:
        """The version from which answers about a purpose count."""
        return max(self.everything, self.by_purpose.get(purpose, 0))

    def covers(self, purpose: str, version: int) -> int:
        """The newest version of the notice that an answer to `version` covers: a change of other purposes only does
        not make it older.
        """
        return max(version, self.material_since) if version >= self.since(purpose) else version

    def then(self, version: int, changed: Iterable[str] | None) -> "Coverage":
        """What stands after one more material version. `changed` None: it changed every purpose."""
        return Coverage(
            material_since=max(self.material_since, version),
            everything=self.everything if changed is not None else max(self.everything, version),
            by_purpose={
                **self.by_purpose,
                **{code: max(version, self.by_purpose.get(code, 0)) for code in changed or ()},
            },
        )


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
        yield from (f"purposes.{purpose.code}.{field}" for field in _missing_of(purpose))
    for language in languages:
        text = draft.texts.get(language)
        if text is None:
            yield language
        else:
            yield from (f"{language}.{field}" for field in _missing_in(text, draft.purposes))


def _missing_of(purpose: Purpose) -> Iterator[str]:
    if not purpose.code.isidentifier():
        yield "code"
    if not _DURATION.fullmatch(purpose.retention):
        yield "retention"
    if purpose.core and purpose.commercial:
        yield "commercial"
    if not purpose.categories:
        yield "categories"
    if purpose.disclosure and not purpose.recipients:
        yield "recipients"
    if purpose.minimum_method != "email_plus" and not (purpose.guardian_always or purpose.disclosure):
        yield "minimum_method"


def _missing_in(text: NoticeText, purposes: tuple[Purpose, ...]) -> Iterator[str]:
    for one in TEXT:
        if not str(_at(text, one.field)).strip():
            yield one.field
    for purpose in purposes:
        words = text.purposes.get(purpose.code, PurposeText())
        for one in PURPOSE:
            if not _filled(_at(words, one.field)):
                yield f"purposes.{purpose.code}.{one.field}"
    if set(text.purposes) - {purpose.code for purpose in purposes}:
        yield "purposes"
    complete = all(party.identity_or_category.strip() and party.purpose.strip() for party in text.third_parties)
    if not complete or (not text.third_parties and any(purpose.disclosure for purpose in purposes)):
        yield "third_parties"


def _at(text: msgspec.Struct, path: str) -> object:
    value: object = text
    for name in path.split("."):
        value = getattr(value, name)
    return value


def _filled(value: object) -> bool:
    if isinstance(value, tuple):
        return bool(value) and all(item.name.strip() and item.use.strip() for item in value)
    return bool(str(value).strip())
