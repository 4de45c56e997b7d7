"""Recognising a learner whose data was erased, without keeping who it was (LAW requirements 52 and 54).

A tombstone keeps keyed hashes only. Whoever writes one and whoever reads a roster must hash alike, so both do it here.
Hashes are bound to the institution: another school's own authorisation is a basis of its own.
"""

import hmac
from hashlib import sha256
from uuid import UUID

import msgspec

from guardian.keys import KeyRing
from guardian.people.domain import fold


class Recogniser(msgspec.Struct, frozen=True):
    """The keys of tombstones, derived once, so that a million rows can be hashed."""

    student_key: bytes
    person_key: bytes
    platform_key: bytes

    def student(self, institution: UUID, student_id: str) -> bytes:
        """The hash of a student number at an institution."""
        return hmac.digest(self.student_key, f"{institution}|{student_id}".encode(), sha256)

    def person(self, institution: UUID, given: str | None, family: str | None, birth_date: str) -> bytes:
        """The hash of a name with its birth date at an institution; spelling as in `people.domain.fold`."""
        text = f"{institution}|{fold(given)}|{fold(family)}|{birth_date}"
        return hmac.digest(self.person_key, text.encode(), sha256)

    def platform(self, platform_id: str) -> bytes:
        """The hash of a platform id."""
        return hmac.digest(self.platform_key, platform_id.encode(), sha256)


def recogniser(keys: KeyRing) -> Recogniser:
    """Keys of the oldest secret, as `KeyRing.keyed_hash` uses, so that old tombstones stay comparable."""
    oldest = list(keys.secrets)[-1]
    return Recogniser(
        keys.key("tombstone/student", oldest),
        keys.key("tombstone/person", oldest),
        keys.key("tombstone/platform", oldest),
    )
