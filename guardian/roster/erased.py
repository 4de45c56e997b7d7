"""Learners whose data was purged, recognised when a roster brings them back (LAW requirement 54)."""

from uuid import UUID

import msgspec

from guardian.context import Tx
from guardian.keys import KeyRing
from guardian.people.marks import Marker, marker
from guardian.roster.reading.records import StudentRecord


class Erased(msgspec.Struct, frozen=True):
    """The marks of tombstones in force, with the keys to compare records with them."""

    marker: Marker
    institution: UUID
    students: frozenset[bytes]
    persons: frozenset[bytes]

    def knows(self, record: StudentRecord) -> bool:
        """Whether this record's number, or its name with its birth date, was erased at this institution."""
        if record.student_id and self.marker.student(self.institution, record.student_id) in self.students:
            return True
        if record.birth_date is None or not self.persons:
            return False
        given, family = record.given_name or "", record.family_name or ""
        return self.marker.person(self.institution, given, family, record.birth_date) in self.persons


async def gather(tx: Tx, keys: KeyRing, institution: UUID) -> Erased | None:
    """The marks in force; nothing when nobody was erased, so that no record need be hashed."""
    rows = await tx.fetch(
        "select student_hmac, person_hmac from tombstones where expires_at > $1 "
        "and (student_hmac is not null or person_hmac is not null)",
        tx.now,
    )
    if not rows:
        return None
    return Erased(
        marker(keys),
        institution,
        frozenset(row["student_hmac"] for row in rows if row["student_hmac"]),
        frozenset(row["person_hmac"] for row in rows if row["person_hmac"]),
    )
