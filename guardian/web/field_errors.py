"""What is wrong with each part of a program's request, in our own words.

The decoder's sentences are not passed on as they stand: some of them repeat what was sent («Invalid enum value ...»).
"""

import re
from typing import Any

import msgspec

from guardian.i18n import gettext_noop as N_
from guardian.i18n import text

_MISSING_PARAMETER = re.compile(r"Missing required (\w+) parameter '([\w-]+)'")
_OURS = re.compile(r"Object missing required field `([\w-]+)`")
_THEIRS = re.compile(r"Object contains unknown field `([A-Za-z_][\w-]{0,40})`")
_EXPECTED = re.compile(r"Expected (`[^`]*`(?: [a-z<>=]+)*(?: [-\d.]+)?)")


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to mend. `pointer` is a JSON pointer into the body, or names the parameter; `place` is where it came
    from (`body`, `query`, `path`, `header`, `cookie`).
    """

    pointer: str
    place: str = msgspec.field(name="in")
    code: str
    detail: str


def explain(language: str, one: dict[str, Any]) -> FieldProblem:
    """From what the framework noted about one field (`message`, `key`, `source`)."""
    message, key = str(one.get("message", "")), str(one.get("key", ""))
    source = one.get("source", "body")
    place = str(getattr(source, "value", source))
    steps = [] if key in {"", "data"} else key.split(".")
    if found := _OURS.search(message):
        code, detail = "missing", text(language, N_("This is missing. Add it."))
        steps.append(found[1])
    elif "unknown field" in message:
        code = "unknown_field"
        detail = text(language, N_("This is not known here. Check how it is spelt, or leave it out."))
        steps += [found[1]] if (found := _THEIRS.search(message)) else []
    elif found := _EXPECTED.match(message):
        code = "wrong_type"
        detail = text(language, N_("This has the wrong form. Send %(expected)s."), expected=found[1])
    else:
        code = "wrong_value"
        detail = text(language, N_("This value is not accepted here. Check it against the documentation."))
    return FieldProblem(pointer=_pointer(steps), place=place, code=code, detail=detail)


def missing_parameter(language: str, message: str) -> list[FieldProblem]:
    """From the framework's sentence about a parameter that was not sent at all."""
    found = _MISSING_PARAMETER.match(message)
    if found is None:
        return []
    detail = text(language, N_("This is missing. Add it."))
    return [FieldProblem(pointer=_pointer([found[2]]), place=found[1], code="missing", detail=detail)]


def _pointer(steps: list[str]) -> str:
    """A JSON pointer as a URI fragment (RFC 6901 section 6); list positions are written as steps of their own."""
    found = [part for step in steps for part in re.findall(r"[\w-]+|\.\.\.", step)]
    return "#/" + "/".join(found) if found else "#"
