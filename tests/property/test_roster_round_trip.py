"""Made-up rosters written the way each system writes them come back as they were."""

import os
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from guardian.roster.reading.reader import read
from tests.property.roster_writers import WRITERS, Writer
from tests.property.rosters import Adult, rosters

AS_OF = date(2026, 9, 1)
SOAK = os.environ.get("GUARDIAN_SOAK") == "1"


@pytest.mark.parametrize("writer", WRITERS, ids=lambda writer: writer.name)
@settings(
    max_examples=150 if SOAK else 6,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_round_trip(writer: Writer, data: st.DataObject) -> None:
    pupils = data.draw(rosters(writer.letters, most=writer.guardians, phones=writer.phones))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / writer.file
        writer.write(path, pupils)
        found = read(path, as_of=AS_OF)
    assert found.format == writer.format, found.findings
    assert not found.rejected, found.rejected
    assert {
        (one.student_id, one.given_name, one.family_name, one.birth_date, one.class_name) for one in found.students
    } == {
        (
            pupil.id if writer.ids else None,
            pupil.given,
            pupil.family,
            pupil.birth.isoformat() if writer.births else None,
            pupil.group if writer.groups else None,
        )
        for pupil in pupils
    }
    by_name = {(one.given_name, one.family_name): one for one in found.students}
    for pupil in pupils:
        told = [
            Adult(one.given_name or "", one.family_name or "", one.email or "", one.phone or "")
            for one in by_name[pupil.given, pupil.family].guardians
        ]
        assert told == list(pupil.adults) if writer.guardians else not told
