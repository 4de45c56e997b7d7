"""The command line. Exit codes: 0 done, 1 the input was refused, 2 wrong usage, 3 a needed service is down."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import click

from guardian import __version__
from guardian.commands import law_and_notice
from guardian.commands.options import JSON, today
from guardian.commands.options import day as _day
from guardian.commands.options import instant as _instant
from guardian.commands.options import leave as _leave


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="guardian")
def cli() -> None:
    """Decides whether a minor may use a learning platform, and proves it."""


@cli.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 picks a free port.")
@click.option("--check", is_flag=True, help="Play the main journey without a person; exit 0 only if all holds.")
@click.option("--ready-file", type=click.Path(dir_okay=False, path_type=Path), help="Written once it serves.")
@click.option("--home", type=click.Path(file_okay=False, path_type=Path), help="Where the demo keeps its data.")
def demo(port: int, check: bool, ready_file: Path | None, home: Path | None) -> None:
    """Everything on one machine, with nothing to set up."""
    from guardian.commands.demo import run_demo

    _leave(run_demo(port=port, check=check, ready_file=ready_file, home=home))


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
def serve(host: str, port: int) -> None:
    """Serve the pages and the API."""
    from guardian.commands.serve import run_serve

    _leave(run_serve(host=host, port=port))


@cli.command()
def work() -> None:
    """Send mail, run jobs and sweep: at least one of these runs beside `serve`."""
    from guardian.commands.work import run_work

    _leave(run_work())


@cli.command()
def migrate() -> None:
    """Bring the database to the schema of this release."""
    from guardian.commands.migrate import run_migrate

    _leave(run_migrate())


@cli.command()
@click.option("--at", help="Sweep as if it were this instant (RFC 3339 with a zone).")
@click.option("--dry-run", is_flag=True, help="Say what would be done, change nothing.")
@JSON
def sweep(at: str | None, dry_run: bool, as_json: bool) -> None:
    """Remind, expire, flag and purge whatever is due."""
    from guardian.commands.sweep import run_sweep

    _leave(run_sweep(at=_instant(at, "--at"), dry_run=dry_run, as_json=as_json))


@cli.command()
@JSON
def doctor(as_json: bool) -> None:
    """Check settings, database, mail and history; each failing check says how to mend it."""
    from guardian.commands.doctor import run_doctor

    _leave(run_doctor(as_json=as_json))


@cli.command()
@click.argument("learner", required=False)
@click.option("--facts", type=click.Path(dir_okay=False, path_type=Path), help="Decide over a facts file, no database.")
@click.option("--at", help="The instant to decide for (RFC 3339 with a zone); default: now.")
@click.option(
    "--known",
    type=click.Choice(["then", "now"]),
    default="then",
    show_default=True,
    help="For an instant of the past: from what was known then, or with what was corrected since.",
)
@JSON
def decide(
    learner: str | None, facts: Path | None, at: str | None, known: Literal["then", "now"], as_json: bool
) -> None:
    """May this learner in, and if not, why?"""
    if (learner is None) == (facts is None):
        raise click.UsageError("Name a learner, or give --facts FILE with --at INSTANT.")
    if facts is not None:
        if at is None:
            raise click.UsageError("--facts needs --at INSTANT: a file has no clock.")
        from guardian.commands.decide_facts import decide_from_file

        _leave(decide_from_file(facts, at, as_json))
    from guardian.commands.decide import run_decide

    _leave(run_decide(str(learner), at=at, known=known, as_json=as_json))


@cli.group()
def roster() -> None:
    """Read and import rosters."""


@roster.command("check")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--locale", help="How the school writes: fr, pl, en-GB, en-US, de, es, …")
@click.option("--as-of", help="Judge ages on this day (YYYY-MM-DD); default: today.")
@click.option("--records", is_flag=True, help="List the learners that were read, too.")
@JSON
def roster_check(path: Path, locale: str | None, as_of: str | None, records: bool, as_json: bool) -> None:
    """Say what a file or folder holds; nothing is stored, no database is needed."""
    from guardian.commands.roster_check import check

    day = _day(as_of) or today()
    _leave(check(path, locale=locale, as_of=day, as_json=as_json, records=records))


@roster.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--institution", required=True, help="The institution's id.")
@click.option("--mode", type=click.Choice(["additions", "snapshot", "delta"]), default="additions", show_default=True)
@click.option("--plan/--commit", "plan", default=True, help="Only plan (default), or write it.")
@click.option(
    "--mapping", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="JSON: which column is what."
)
@JSON
def roster_import(  # noqa: PLR0917 (as the command line says it)
    path: Path, institution: str, mode: str, plan: bool, mapping: Path | None, as_json: bool
) -> None:
    """Plan what a roster would change, and write it with --commit."""
    from guardian.commands.roster import run_roster_import

    _leave(
        run_roster_import(path, institution=institution, mode=mode, commit=not plan, as_json=as_json, mapping=mapping)
    )


@cli.group()
def audit() -> None:
    """The history of everything."""


@audit.command("verify")
@JSON
def audit_verify(as_json: bool) -> None:
    """Check that no entry was changed, taken out or put in."""
    from guardian.commands.audit import run_audit_verify

    _leave(run_audit_verify(as_json=as_json))


@cli.group()
def staff() -> None:
    """People who work here."""


@staff.command("add")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(["operator_admin", "privacy_officer"]), default="operator_admin")
@JSON
def staff_add(email: str, name: str, role: str, as_json: bool) -> None:
    """Let a first admin in: they sign in by a link in a mail."""
    from guardian.commands.staff import run_staff_add

    _leave(run_staff_add(email=email, name=name, role=role, as_json=as_json))


@cli.command()
@click.argument("names", nargs=-1)
@click.option("--size", type=click.IntRange(1, 50_000_000), help="How many rows, mails or learners.")
@JSON
def bench(names: tuple[str, ...], size: int | None, as_json: bool) -> None:
    """Measure the hot paths beside their limits. NAMES may be prefixes, such as `decision` or `mail`."""
    from guardian.commands.bench import run_bench

    _leave(run_bench(names, size=size, as_json=as_json))


cli.add_command(law_and_notice.law)
cli.add_command(law_and_notice.notice)

main: Callable[..., Any] = cli

if __name__ == "__main__":
    main()
