"""Identifiers: one NewType per thing, so that a guardian's id never passes for a learner's."""

import os
from typing import NewType
from uuid import UUID

InstitutionId = NewType("InstitutionId", UUID)
StaffId = NewType("StaffId", UUID)
LearnerId = NewType("LearnerId", UUID)
GuardianId = NewType("GuardianId", UUID)
EnrolmentId = NewType("EnrolmentId", UUID)
AuthorisationId = NewType("AuthorisationId", UUID)
NoticeId = NewType("NoticeId", UUID)
RequestId = NewType("RequestId", UUID)
ConsentId = NewType("ConsentId", UUID)
UploadId = NewType("UploadId", UUID)
FlagId = NewType("FlagId", UUID)
PurgeId = NewType("PurgeId", UUID)
MessageId = NewType("MessageId", UUID)
ClientId = NewType("ClientId", UUID)


def uuid7(unix_ms: int) -> UUID:
    """A version 7 UUID (RFC 9562 section 5.7) for an instant in milliseconds since 1970 UTC.

    Made here and not in the database: `uuidv7()` is built in only from PostgreSQL 18 on.
    """
    random = int.from_bytes(os.urandom(10), "big")
    value = (unix_ms & 0xFFFFFFFFFFFF) << 80
    value |= 0x7 << 76 | (random >> 68 & 0xFFF) << 64
    value |= 0b10 << 62 | random & 0x3FFFFFFFFFFFFFFF
    return UUID(int=value)
