"""When the answer changes: forward to the next change, and back to the last one."""

from collections.abc import Iterator
from datetime import datetime

from guardian.access.age import EARLIEST, NEVER
from guardian.access.case import Case
from guardian.access.judgement import Verdict, judge


def edges(case: Case) -> Iterator[datetime]:
    """Every instant at which something in the facts begins or ends to count; between two, nothing changes."""
    for age in case.ages:
        yield age.begins
        yield age.of_age_at
    for enrolment in case.enrolments:
        yield enrolment.begins
        yield enrolment.ends
    for authorisation in case.authorisations:
        yield authorisation.begins
        yield authorisation.ends
    for purpose in case.purposes:
        for rows in purpose.question.rows:
            for row in rows:
                if row.completed_at is not None:
                    yield row.completed_at
                if row.valid_until is not None and row.state == "given":
                    yield row.valid_until


def next_change(case: Case, now: datetime, verdict: Verdict) -> datetime | None:
    """The first instant after now at which, with the same facts, the verdict differs; None: never."""
    for instant in sorted({edge for edge in edges(case) if now < edge < NEVER}):
        if judge(case, instant).differs(verdict):
            return instant
    return None


def unchanged_since(case: Case, now: datetime, floor: datetime) -> datetime:
    """The earliest instant at or after `floor` from which access was, up to now, what it is now."""
    access = judge(case, now).access
    earliest = now
    for instant in sorted({floor, *(edge for edge in edges(case) if floor < edge <= now)}, reverse=True):
        if instant > now or judge(case, instant).access != access:
            break
        earliest = instant
    return max(earliest, EARLIEST)
