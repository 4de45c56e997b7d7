"""Keys by which people are compared, and what a stored person is. People see their names as they wrote them."""

import base64
import re
import unicodedata
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

Authority = Literal["full", "limited", "none"]
Eligible = Literal["yes", "no", "ask"]
Standing = Literal["active", "identity_held", "reported", "erasure_in_progress", "erased"]

AUTHORITY: dict[Eligible, Authority] = {"yes": "full", "ask": "limited", "no": "none"}
"""What a roster's word about eligibility is worth before the school says more. Only `full` counts for a yes or a no
(DECISION layer 3): a step-parent, or a person whose role is not stated, is known and may be told, but is not asked;
a relative, an emergency contact and a person under a court order have no say until the school confirms one."""

APOSTROPHES = "’‘`´ʼʹ′"
DASHES = "‐‑‒–—―−"
STROKES = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th"}
INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_FOLDING = str.maketrans(
    dict.fromkeys(INVISIBLE, "") | dict.fromkeys(APOSTROPHES, "'") | dict.fromkeys(DASHES, "-") | STROKES
)
_PARTS = re.compile(r"[\s,.\-'*\"]+")


def folded(text: str | None) -> str:
    """A name without case, accents, typographic marks and needless spaces: `Müller-Łoś` and `MULLER‑LOS` are alike."""
    if not text:
        return ""
    if text.isascii():
        return " ".join(text.casefold().split())
    split = unicodedata.normalize("NFKD", text).casefold().translate(_FOLDING)
    return " ".join("".join(mark for mark in split if not unicodedata.combining(mark)).split())


def person_key(name: str | None) -> str:
    """The words of a folded name in alphabetical order: `KOWAL Maria` and `Maria Kowal` are one person's name."""
    return " ".join(sorted(part for part in _PARTS.split(folded(name)) if part))


def compatible(one: str | None, other: str | None) -> bool:
    """Whether two names may be one person's: the same words in any order, or one of them is blank."""
    first, second = person_key(one), person_key(other)
    return not first or not second or first == second


def email_key(address: str | None) -> str | None:
    """What two spellings of an address have in common: composed, without blanks around it and without case."""
    key = unicodedata.normalize("NFC", address).strip().casefold() if address else ""
    return key or None


def mailbox_key(address: str | None) -> str | None:
    """The mailbox behind an address: its key without a plus-alias (`ann+mum@` and `ann@` are one mailbox)."""
    key = email_key(address)
    if key is None:
        return None
    local, at, host = key.rpartition("@")
    return local.partition("+")[0] + at + host


def platform_id(random: bytes) -> str:
    """A learner's public id from at least 12 random bytes: short, safe in a URL, not to be guessed (96 bits)."""
    if len(random) < 12:
        raise ValueError("a platform id needs 12 random bytes")
    return "L-" + base64.urlsafe_b64encode(random[:12]).decode()


class Learner(msgspec.Struct, frozen=True, kw_only=True):
    """A learner as kept. `birth_date` is `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; None counts as under every threshold.
    Of an erased learner only the id, the standing and the instants are left.
    """

    id: UUID
    platform_id: str | None
    given_name: str | None
    family_name: str | None
    birth_date: str | None
    email: str | None
    jurisdictions: list[str]
    timezone: str
    language: str
    standing: Standing
    assent: Literal["given", "declined"] | None
    revision: int
    created_at: datetime
    erased_at: datetime | None

    @property
    def name(self) -> str:
        """Given and family name as people write them; empty once erased."""
        return " ".join(part for part in (self.given_name, self.family_name) if part)


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """A learner at an institution. Days are local days; `ends_on` is the last one that counts."""

    learner: UUID
    institution: UUID
    student_id: str | None
    class_name: str | None
    begins_on: date
    ends_on: date | None
    missing_since: datetime | None


class Guardian(msgspec.Struct, frozen=True, kw_only=True):
    """A person who answers for a learner, with their relation to that learner."""

    id: UUID
    learner: UUID
    institution: UUID
    name: str | None
    email: str | None
    phone: str | None
    language: str
    relationship: str
    authority: Authority
    eligible: Eligible
    position: int
    unreachable_since: datetime | None
    ended_at: datetime | None
    erased_at: datetime | None

    @property
    def reachable(self) -> bool:
        """Whether there is an address to write to that has not failed for good."""
        return self.email is not None and self.unreachable_since is None


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an institution's list of learners."""

    id: UUID
    platform_id: str | None
    given_name: str | None
    family_name: str | None
    birth_date: str | None
    student_id: str | None
    class_name: str | None
    standing: Standing
    missing_since: datetime | None
    guardians: int
    """How many guardians with full authority and an address there are."""


class Page(msgspec.Struct, frozen=True):
    """A part of a list; `next` is the cursor of the part that follows, None at the end."""

    items: list[Listed]
    next: str | None
