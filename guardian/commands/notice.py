"""`guardian notice show | check | simulate`: the notice as a file, what the law misses in it, and what it would do."""

import sys
from pathlib import Path

import msgspec

from guardian.access.supposing import Supposed, suppose
from guardian.commands.running import REFUSED, print_json, say_refusal, with_context
from guardian.context import Context
from guardian.errors import GuardianError, NotFound, Refused
from guardian.events import SYSTEM
from guardian.i18n import LANGUAGES
from guardian.notice import draft_store, service
from guardian.notice.domain import Draft, content_sha256, missing
from guardian.notice.required import requirement_of

LIMIT = 4 * 1024 * 1024
"""Bytes. A notice in three languages is some thirty kilobytes."""


def run_show(*, draft: bool) -> int:
    """Print the version in force, or the draft, as the JSON file that `check` and `simulate` take."""

    async def work(context: Context) -> int:
        print_json(await _stored(context, draft=draft))
        return 0

    return with_context(work, as_json=True)


def run_check(path: Path, *, as_json: bool) -> int:
    """Say what a notice lacks before it may be published; no database is needed. Exit 1 where something is missing."""
    try:
        draft = _read(path)
    except GuardianError as error:
        return say_refusal(error, as_json=as_json)
    lacking = [(place, requirement_of(place)) for place in missing(draft, LANGUAGES)]
    if as_json:
        print_json({
            "complete": not lacking,
            "missing": [{"place": place, "title": one.title, "sources": one.sources} for place, one in lacking],
            "sha256": {language: content_sha256(text) for language, text in sorted(draft.texts.items())},
        })  # fmt: skip
    else:
        for place, one in lacking:
            sources = f" ({', '.join(one.sources)})" if one.sources else ""
            sys.stdout.write(f"{place}: {one.title}{sources}\n")
        sys.stdout.write(f"{len(lacking)} things are missing.\n" if lacking else "Nothing is missing.\n")
    return REFUSED if lacking else 0


def run_simulate(path: Path | None, *, editorial: bool, as_json: bool) -> int:
    """Say whom publishing the draft, or a file, would block or ask again; nothing is changed."""

    async def work(context: Context) -> int:
        draft = _read(path) if path else await _stored(context, draft=True)
        effect = await suppose(context, msgspec.structs.replace(draft, material=not editorial))
        if as_json:
            print_json(effect)
        else:
            _tell(effect)
        return 0

    return with_context(work, as_json=as_json)


async def _stored(context: Context, *, draft: bool) -> Draft:
    async with context.transaction(SYSTEM) as tx:
        if not draft:
            notice = await service.current(tx)
            texts = {language: shown.text for language, shown in notice.texts.items()}
            return Draft(purposes=notice.purposes, texts=texts, material=notice.material)
        stored = await draft_store.find(tx)
    if stored is None:
        raise NotFound("no_draft", "No draft of the notice is begun. Begin one in the admin console, or name a file.")
    return stored.draft


def _read(path: Path) -> Draft:
    try:
        with path.open("rb") as file:
            written = file.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        raise Refused(
            "notice_unreadable",
            "The notice file %(file)s cannot be read. Check its name and that you may read it.",
            params={"file": str(path)},
        ) from error
    if len(written) > LIMIT:
        raise Refused("notice_unreadable", "The notice file is over 4 MB. A notice in all languages is far smaller.")
    try:
        return msgspec.json.decode(written, type=Draft)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(
            "notice_unreadable",
            "The notice file is no notice: %(why)s. `guardian notice show` prints one to begin with.",
            params={"why": str(error)},
        ) from error


def _tell(effect: Supposed) -> None:
    write = sys.stdout.write
    asked = "every purpose" if effect.changed is None else ", ".join(effect.changed) or "nothing"
    write(f"Version {effect.version}, asking again about: {asked}\n")
    write(
        f"{effect.access.judged} learners judged: {effect.access.changed} would change, {effect.access.blocked} would "
        f"be blocked, {effect.access.admitted} would be admitted\n"
    )
    write(f"{effect.guardians} guardians would get a letter about {effect.learners} learners\n")
    for name, group in sorted(effect.access.by_institution.items()):
        write(f"  institution {name}: {group.changed} change, {group.blocked} blocked\n")
    for name, group in sorted(effect.access.by_age.items()):
        write(f"  age {name}: {group.changed} change, {group.blocked} blocked\n")
    for institution, one in effect.asked.items():
        write(f"  institution {institution}: {one.guardians} guardians asked about {one.learners} learners\n")
