"""Exports of Spanish systems. `Estado Matrícula` means opposite things at two schools: only words for leaving count."""

from guardian.roster.reading.profile import Profile

PROFILES = (
    Profile(
        name="seneca",
        marks=("alumno a",),
        one_of=("no id escolar", "estado matricula", "unidad"),
        order="dmy",
        pinned={"no id escolar": "id", "curso": "grade", "unidad": "class"},
    ),
)
