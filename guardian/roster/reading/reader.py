"""Reads a roster: one pass to know the whole file, one to judge every row."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from guardian.roster.reading.assembly import Assembly
from guardian.roster.reading.contacts import Contacts
from guardian.roster.reading.draft import Origin
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.intake import Intake
from guardian.roster.reading.mapping import Mapping
from guardian.roster.reading.members import members
from guardian.roster.reading.places import day_order, language_of, region_of
from guardian.roster.reading.pupil import Pupils, Rules
from guardian.roster.reading.recall import Kept, Recall
from guardian.roster.reading.recognise import recognise
from guardian.roster.reading.records import Reading, StudentRecord
from guardian.roster.reading.refusal import InputRefused
from guardian.roster.reading.shortcut import Shortcut
from guardian.roster.reading.survey import Survey

Progress = Callable[[int, int | None], None]
"""Called with rows done and rows in all (None while they are still unknown)."""


class RosterStream:
    """The pupils of a roster one by one, in bounded memory. Iterate once; `summary` is complete after that.

    Pupils come in the order of their rows, but one that stands on several rows comes after the last of them.
    """

    def __init__(
        self,
        source: Path,
        *,
        locale: str | None,
        as_of: date,
        progress: Progress | None,
        mapping: Mapping | None = None,
        kept: Kept | None = None,
    ) -> None:
        self._source = source
        self._recall = Recall(kept) if kept is not None else None
        self._locale = locale
        self._as_of = as_of
        self._progress = progress
        self._mapping = mapping
        self._findings = Findings()
        self._intake = Intake(format="unknown", drafts=lambda _: iter(()))
        self._assembly: Assembly | None = None
        self._refused = False

    def __iter__(self) -> Iterator[StudentRecord]:
        try:
            with members(self._source) as (files, bundle):
                self._intake = recognise(
                    files,
                    bundle=bundle,
                    language=language_of(self._locale),
                    findings=self._findings,
                    mapping=self._mapping,
                )
                yield from self._read()
        except InputRefused as refused:
            self._refuse(refused)

    def _read(self) -> Iterator[StudentRecord]:
        intake, findings = self._intake, self._findings
        recall = self._recall
        survey = Survey(recall)
        progress = self._progress
        survey.take(lambda: intake.drafts(None), (lambda done: progress(done, None)) if progress else None)
        if recall is not None:
            recall.settle(ids=survey.ids, people=survey.people, shared=survey.shared, placeholders=survey.placeholders)
        rules = Rules(
            self._as_of,
            survey.order or (self._mapping.order if self._mapping else None) or intake.order or day_order(self._locale),
            intake.statuses,
            intake.end_means_left,
            intake.birth_column,
            intake.id_column and survey.any_id,
        )
        if not survey.rows and not intake.may_be_empty and not self._any_malformed():
            raise InputRefused("EMPTY", self._source.name)
        pupils = Pupils(rules, survey, findings)
        assembly = self._assembly = Assembly(
            survey, findings, pupils, Contacts(survey, findings, region_of(self._locale))
        )
        total = survey.rows
        shortcut = Shortcut(
            survey, assembly.persons, rules, region=region_of(self._locale),
            file=intake.files[0] if intake.files else "", recall=recall,
        )  # fmt: skip
        yield from assembly.take(
            intake.drafts(findings), shortcut, recall=recall,
            tick=(lambda done: progress(done, total)) if progress else None,
        )  # fmt: skip
        self._conclude(pupils, survey)
        if progress:
            progress(total, total)

    def _any_malformed(self) -> bool:
        trial = Findings()
        for _ in self._intake.drafts(trial):
            return True
        return bool(trial.rejected)

    def _conclude(self, pupils: Pupils, survey: Survey) -> None:
        """The findings about the whole file that only its end can tell."""
        intake, findings = self._intake, self._findings
        origin = Origin(intake.files[0] if len(intake.files) == 1 else "")
        if not survey.rows:
            return
        if pupils.ambiguous:
            findings.whole("DATE_ORDER_UNKNOWN", origin)
        if not survey.any_id:
            findings.whole("ID_MISSING", origin, severity="F")
        if not intake.birth_column:
            findings.whole("BIRTH_DATE_MISSING", origin)
        if not intake.guardian_columns:
            findings.whole("NO_GUARDIAN_COLUMNS", origin)

    def _refuse(self, refused: InputRefused) -> None:
        self._refused = True
        self._findings = Findings()
        self._findings.whole(refused.code, Origin(refused.file), value=refused.value, **refused.places)

    @property
    def passed(self) -> int:
        """Pupils who stand in the file as they are kept, and were not given out."""
        return self._assembly.passed if self._assembly else 0

    @property
    def reopened(self) -> list[int]:
        """Turns of marks whose rows were opened all the same."""
        return self._recall.reopened if self._recall else []

    @property
    def refused(self) -> bool:
        """Whether the whole input was refused; pupils that came before must then be forgotten."""
        return self._refused

    def summary(self) -> Reading:
        """Everything but the pupils: counts, rejected rows, findings."""
        intake, assembly = self._intake, self._assembly
        findings = self._findings
        if self._refused or assembly is None:
            return Reading(
                format=intake.format,
                encoding=intake.encoding,
                delimiter=intake.delimiter,
                findings=findings.closed(),
                refused=self._refused,
            )
        malformed = sum(row.code == "UNCLOSED_QUOTE" for row in findings.rejected)
        return Reading(
            format=intake.format,
            encoding=intake.encoding,
            delimiter=intake.delimiter,
            mode=intake.mode,
            leavers=tuple(assembly.leavers),
            student_count=assembly.students,
            guardian_count=assembly.persons.count,
            link_count=assembly.links,
            row_count=assembly.rows + malformed + intake.other_rows(),
            guardian_columns=intake.guardian_columns,
            rejected=tuple(sorted(findings.rejected, key=lambda row: (row.file, row.sheet or "", row.row))),
            findings=findings.closed(),
        )


def stream(
    source: Path,
    *,
    locale: str | None = None,
    as_of: date,
    progress: Progress | None = None,
    mapping: Mapping | None = None,
    kept: Kept | None = None,
) -> RosterStream:
    """A roster as a stream of pupils.

    :param locale: language or language and country of the school (`fr`, `en-GB`): decides what a file leaves open.
    :param as_of: the day on which ages are judged.
    :param mapping: which column is what, where a person has said so.
    :param kept: marks of earlier imports; pupils who stand as they did are then left out.
    """
    return RosterStream(source, locale=locale, as_of=as_of, progress=progress, mapping=mapping, kept=kept)


def read(
    source: Path,
    *,
    locale: str | None = None,
    as_of: date,
    progress: Progress | None = None,
    mapping: Mapping | None = None,
) -> Reading:
    """A whole roster: a file, a zip, or a folder. Never raises for what it finds inside; `refused` says that it
    gave up. Parameters as of `stream`.
    """
    from msgspec import structs  # noqa: PLC0415

    roster = stream(source, locale=locale, as_of=as_of, progress=progress, mapping=mapping)
    students = list(roster)
    summary = roster.summary()
    if summary.refused:
        return summary
    order: dict[tuple[str, str | None], int] = {}
    for student in students:
        order.setdefault((student.file, student.sheet), len(order))
    students.sort(key=lambda student: (order[student.file, student.sheet], student.row))
    return structs.replace(summary, students=tuple(students))
