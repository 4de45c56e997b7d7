"""Reading a law file (TOML): every mistake is told by its place and how to mend it."""

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import msgspec

from guardian.errors import Refused
from guardian.jurisdiction.law import UNKNOWN, Clock, Law, LawRule

SHIPPED = Path(__file__).with_name("law.toml")
LIMIT = 4 * 1024 * 1024
"""Bytes. The whole world's rules are some ten kilobytes."""
OLDEST = 21
"""No rule may set an age above this."""
_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class LawFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A law file as it is written. Only the shipped one has `floor_age` and whole `clocks`; in an operator's file
    `clocks` are names with days, and `replaces` leaves out every shipped rule.
    """

    version: str
    replaces: bool = False
    floor_age: int | None = None
    clocks: tuple[Clock, ...] | dict[str, int] = ()
    rules: tuple[LawRule, ...] = ()


@cache
def shipped() -> Law:
    """The table of this release."""
    found = read(SHIPPED)
    assert found.floor_age is not None
    assert isinstance(found.clocks, tuple)
    law = Law(
        version=found.version, floor_age=found.floor_age, rules=found.rules, clocks=found.clocks, origin=SHIPPED.name
    )
    check_whole(law)
    return law


def read(path: Path) -> LawFile:
    """A file, each rule of it sound in itself. Raises Refused `law_unreadable`, `law_invalid`."""
    try:
        with path.open("rb") as file:
            written = file.read(LIMIT + 1)
    except (OSError, ValueError) as error:
        raise Refused(
            "law_unreadable",
            "The law file %(file)s cannot be read. Check GUARDIAN_LAW_FILE and that you may read it.",
            params={"file": str(path)},
            where="law_file",
        ) from error
    return parse(written, path.name)


def parse(written: bytes, name: str) -> LawFile:
    """A file's content. Raises Refused `law_invalid`, which says where and how to mend it."""
    if len(written) > LIMIT:
        raise invalid(name, "", "it is too large to be a table of rules")
    try:
        raw = tomllib.loads(written.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise invalid(name, "", "it is no TOML file in UTF-8: %(why)s", why=str(error)) from error
    try:
        found = msgspec.convert(raw, LawFile)
    except msgspec.ValidationError as error:
        why, _, path = str(error).partition(" - at `")
        where = path.rstrip("`").removeprefix("$.")
        raise invalid(name, _named(where, raw), "%(why)s", why=why) from error
    for number, rule in enumerate(found.rules):
        _check_rule(name, f"rules[{number}] ({rule.code})", rule)
    twice = [key for key, count in Counter((r.code, r.effective_from) for r in found.rules).items() if count > 1]
    if twice:
        code, day = twice[0]
        raise invalid(name, code, "two rules begin on the same day (%(day)s); keep one", day=str(day or "-"))
    return found


def check_whole(law: Law) -> None:
    """A table must know what to do about an unknown jurisdiction, and set no age below its floor. Raises Refused."""
    if not any(rule.code == UNKNOWN and rule.effective_from is None for rule in law.rules):
        raise invalid(law.origin, UNKNOWN, "the undated rule ZZ, for what is unknown, is missing; add it")
    for rule in law.rules:
        if rule.default_age < law.floor_age:
            raise invalid(
                law.origin,
                f"{rule.code}.default_age",
                "it is below %(floor)d, under which no law lets a child decide alone; raise it",
                floor=law.floor_age,
            )


def invalid(file: str, where: str, problem: str, **params: object) -> Refused:
    """A refusal: the file, the place in it, and what is wrong there (`params` fill it in)."""
    return Refused(
        "law_invalid",
        "The law file %(file)s is not used. At %(where)s: %(problem)s.",
        params={"file": file, "where": where or "-", "problem": problem % params},
        where=where,
    )


def _check_rule(name: str, where: str, rule: LawRule) -> None:
    if not _CODE.fullmatch(rule.code):
        raise invalid(name, where, "the code must look like PL or US-CA, in capitals")
    if not (rule.age or 0) <= rule.default_age <= OLDEST:
        raise invalid(
            name,
            f"{where}.default_age",
            "it must lie between the age that the law names and %(oldest)d",
            oldest=OLDEST,
        )
    if rule.age is not None and rule.age < 1:
        raise invalid(name, f"{where}.age", "leave it out where the law names no age")
    if "guardian_consent" not in rule.models:
        raise invalid(
            name, f"{where}.models", "guardian_consent must be among them: nobody could be admitted without it"
        )
    if not rule.source.strip():
        raise invalid(name, f"{where}.source", "name the statute or the page that says so")


def _named(where: str, raw: dict[str, object]) -> str:
    """The place with the code of the rule it means: an index alone is hard to find."""
    match = re.match(r"rules\[(\d+)\]", where)
    rules = raw.get("rules")
    if match and isinstance(rules, list) and isinstance(rules[int(match[1])], dict):
        return where.replace(match[0], f"{match[0]} ({rules[int(match[1])].get('code', '?')})", 1)
    return where
