"""The groups `guardian law` and `guardian notice`."""

from pathlib import Path

import click

from guardian.commands.options import JSON, day, leave, today

DAY = click.option("--at", help="What holds on this day (YYYY-MM-DD); default: today.")


@click.group()
def law() -> None:
    """The rules of each jurisdiction, and what other rules would change."""


@law.command("list")
@DAY
@click.option("--markdown", is_flag=True, help="The page docs/law.md, history included.")
@JSON
def law_list(at: str | None, markdown: bool, as_json: bool) -> None:
    """Every jurisdiction with the rule in force."""
    from guardian.commands.law import run_list

    leave(run_list(at=day(at, "--at") or today(), as_json=as_json, markdown=markdown))


@law.command("show")
@click.argument("codes", nargs=-1, required=True, metavar="CODE...")
@DAY
@JSON
def law_show(codes: tuple[str, ...], at: str | None, as_json: bool) -> None:
    """One jurisdiction (PL, US-CA), or several together: the protective of everything holds."""
    from guardian.commands.law import run_show

    leave(run_show(codes, at=day(at, "--at") or today(), as_json=as_json))


@law.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--at", help="Judge learners on this day (YYYY-MM-DD); default: now.")
@click.option("--learners/--no-learners", default=None, help="Ask the database; default: if there is one.")
@JSON
def law_diff(old: str, new: str, at: str | None, learners: bool | None, as_json: bool) -> None:
    """Which rules differ between two law files, and which learners would change. `shipped` and `current` are words
    for the table of this release and the one in use.
    """
    from guardian.commands.law import run_diff

    leave(run_diff(old, new, at=day(at, "--at"), learners=learners, as_json=as_json))


@click.group()
def notice() -> None:
    """What guardians and schools are told: as a file, checked, and its effect before it is published."""


@notice.command("show")
@click.option("--draft", is_flag=True, help="The draft instead of the version in force.")
def notice_show(draft: bool) -> None:
    """Print the notice as a JSON file."""
    from guardian.commands.notice import run_show

    leave(run_show(draft=draft))


@notice.command("check")
@click.argument("path", type=click.Path(path_type=Path))
@JSON
def notice_check(path: Path, as_json: bool) -> None:
    """Say what the law asks for and a file lacks; no database is needed."""
    from guardian.commands.notice import run_check

    leave(run_check(path, as_json=as_json))


@notice.command("simulate")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--editorial", is_flag=True, help="As a version that only mends words.")
@JSON
def notice_simulate(path: Path | None, editorial: bool, as_json: bool) -> None:
    """Say whom publishing the draft (or a file) would block or ask again; nothing is changed."""
    from guardian.commands.notice import run_simulate

    leave(run_simulate(path, editorial=editorial, as_json=as_json))
