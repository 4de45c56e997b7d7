"""`guardian roster check FILE_OR_FOLDER`: what a roster says, without a database."""

import contextlib
import json
import sys
from datetime import date
from pathlib import Path

from guardian.i18n import LANGUAGES, text
from guardian.i18n import gettext_noop as N_
from guardian.roster.reading.codes import message_of, suggestion_of
from guardian.roster.reading.reader import Progress, read
from guardian.roster.reading.records import Finding, Reading
from guardian.roster.reading.report import document

SEVERITIES = {"F": N_("file"), "E": N_("error"), "W": N_("warning"), "I": N_("note")}


def check(path: Path, *, locale: str | None, as_of: date, as_json: bool, records: bool) -> int:
    """Print what a roster says; the exit code.

    :param locale: language, or language and country, of the school: decides what the file leaves open, and the
        language of the messages.
    :param as_of: the day on which ages are judged.
    :param records: with JSON, list every pupil with the guardians.
    :returns: 0 when it was read, 1 when nothing of it could be imported (a finding F says why), 2 when there is no
        such file or this account may not read it.
    """
    language = _language(locale)
    if not path.exists():
        print(text(language, N_("There is no file or folder %(name)s. Check the name."), name=path), file=sys.stderr)
        return 2
    try:
        with path.open("rb") if path.is_file() else contextlib.nullcontext():
            pass
    except OSError:
        said = N_("The file %(file)s cannot be read. Check its name and that you may read it.")
        print(text(language, said, file=path), file=sys.stderr)
        return 2
    if as_json:
        reading = read(path, locale=locale, as_of=as_of)
        json.dump(document(reading, language, records=records), sys.stdout, ensure_ascii=True)
        sys.stdout.write("\n")
    else:
        reading = _watched(path, locale, as_of, language)
        _tell(reading, language)
    return 1 if reading.refused or (_nobody(reading) and any(one.severity == "F" for one in reading.findings)) else 0


def _nobody(reading: Reading) -> bool:
    """Whether the input could have named pupils and names none: a delta without changes is no failure."""
    return not reading.student_count and not reading.leavers and reading.mode != "delta"


def _language(locale: str | None) -> str:
    wanted = (locale or "").replace("_", "-").partition("-")[0].casefold()
    return wanted if wanted in LANGUAGES else "en"


def _watched(path: Path, locale: str | None, as_of: date, language: str) -> Reading:
    """Read with a progress bar where somebody is watching."""
    if not sys.stderr.isatty():
        return read(path, locale=locale, as_of=as_of)
    import click

    with click.progressbar(length=2, label=text(language, N_("Reading")), file=sys.stderr) as bar:

        def progress(done: int, total: int | None) -> None:
            if total is None:
                return  # the first pass does not know yet how far it is
            bar.length = max(total, 1)
            bar.update(max(0, done - bar.pos))

        seen: Progress = progress
        return read(path, locale=locale, as_of=as_of, progress=seen)


def _tell(reading: Reading, language: str) -> None:
    """Counts, then every finding, the gravest first."""
    shape = " · ".join(part for part in (reading.format, reading.encoding, _mark(reading)) if part)
    colon = "\u00a0:" if language == "fr" else ":"
    print(f"{text(language, N_('Format'))}{colon} {shape}")
    for label, count in (
        (N_("Pupils"), reading.student_count),
        (N_("Guardians"), reading.guardian_count),
        (N_("Links"), reading.link_count),
        (N_("Rows"), reading.row_count),
        (N_("Rejected rows"), len(reading.rejected)),
    ):
        print(f"{text(language, label)}{colon} {count}")
    if reading.refused:
        print(text(language, N_("The whole file is refused.")))
    for finding in sorted(reading.findings, key=lambda one: "FEWI".index(one.severity)):
        print(_line(finding, language))


def _mark(reading: Reading) -> str | None:
    return {"\t": "TAB"}.get(reading.delimiter, reading.delimiter) if reading.delimiter else None


def _line(finding: Finding, language: str) -> str:
    place = " ".join(part for part in (finding.file, finding.sheet) if part)
    if finding.row is not None:
        place += " " + text(language, N_("row %(row)s"), row=finding.row)
    if finding.line is not None and finding.line != finding.row:
        place += " " + text(language, N_("(line %(line)s)"), line=finding.line)
    if finding.column:
        place += f" [{finding.column}]"
    value = f" «{finding.value}»" if finding.value else ""
    gravity = text(language, SEVERITIES[finding.severity])
    colon = "\u00a0:" if language == "fr" else ":"
    told = f"{gravity} {finding.code} {place.strip()}{colon}{value} {message_of(finding, language)}"
    suggestion = suggestion_of(finding, language)
    return f"{told} {suggestion}" if suggestion else told
