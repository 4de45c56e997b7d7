"""Keyed hashes by which an erased learner is recognised without being kept (LAW section 4, «proof after erasure»)."""

from uuid import UUID

from guardian.keys import KeyRing
from guardian.people.domain import folded


def platform_mark(keys: KeyRing, platform_id: str) -> bytes:
    """The mark of a platform's id."""
    return keys.keyed_hash("tombstone/platform", platform_id)


def student_mark(keys: KeyRing, institution: UUID, student_id: str) -> bytes:
    """The mark of the number that an institution gave."""
    return keys.keyed_hash("tombstone/student", f"{institution}/{student_id}")


def person_mark(keys: KeyRing, institution: UUID, given_name: str, family_name: str, birth_date: str) -> bytes:
    """The mark of a name and birth date at an institution, whatever the accents, case and order of its letters."""
    person = "/".join((folded(given_name), folded(family_name), birth_date))
    return keys.keyed_hash("tombstone/person", f"{institution}/{person}")
