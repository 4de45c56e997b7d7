"""Keyed hashes by which an erased learner is recognised without being kept (LAW section 4, «proof after erasure»;
requirements 52 and 54). Bound to the institution: another school's own authorisation is a basis of its own.
"""

import hmac
from hashlib import sha256
from uuid import UUID

import msgspec

from guardian.keys import KeyRing
from guardian.people.domain import folded


class Marker(msgspec.Struct, frozen=True):
    """The keys of marks, derived once, so that a million rows of a roster can be compared."""

    student_key: bytes
    person_key: bytes

    def student(self, institution: UUID, student_id: str) -> bytes:
        """As `student_mark`."""
        return hmac.digest(self.student_key, f"{institution}/{student_id}".encode(), sha256)

    def person(self, institution: UUID, given_name: str, family_name: str, birth_date: str) -> bytes:
        """As `person_mark`."""
        person = "/".join((folded(given_name), folded(family_name), birth_date))
        return hmac.digest(self.person_key, f"{institution}/{person}".encode(), sha256)


def marker(keys: KeyRing) -> Marker:
    """Keys of the oldest secret, as `KeyRing.keyed_hash` takes it, so that old marks stay comparable."""
    oldest = list(keys.secrets)[-1]
    return Marker(keys.key("tombstone/student", oldest), keys.key("tombstone/person", oldest))


def platform_mark(keys: KeyRing, platform_id: str) -> bytes:
    """The mark of a platform's id."""
    return keys.keyed_hash("tombstone/platform", platform_id)


def student_mark(keys: KeyRing, institution: UUID, student_id: str) -> bytes:
    """The mark of the number that an institution gave."""
    return marker(keys).student(institution, student_id)


def person_mark(keys: KeyRing, institution: UUID, given_name: str, family_name: str, birth_date: str) -> bytes:
    """The mark of a name and birth date at an institution, whatever the accents and the case of its letters."""
    return marker(keys).person(institution, given_name, family_name, birth_date)
