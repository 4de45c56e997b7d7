"""Facts from a JSON document, strictly: whatever is not understood word for word is refused, and where."""

import json
import re
from datetime import UTC, datetime
from typing import Any, get_args

import msgspec

from guardian.access import facts as f
from guardian.access.age import latest_birth_day
from guardian.errors import Refused
from guardian.i18n import gettext_noop as N_
from guardian.jurisdiction.domain import Rule

_PATH = re.compile(r" - at `\$([^`]*)`$")
_FIELD = re.compile(r" field `(.*)`$", re.DOTALL)
_WORDS: dict[str, Any] = {
    "standing": f.Standing,
    "assent": f.Assent,
    "status": f.Status,
    "legal_model": f.LegalModel,
    "scopes": f.Scope,
    "authority": f.Authority,
    "state": f.ConsentState,
    "method": f.Method,
    "rule": Rule,
}
_NO_VALIDITY = frozenset({"draft", "awaiting_signature", "awaiting_verification", "refused", "superseded"})

NOT_JSON = N_("The facts are not one valid JSON object in UTF-8. Correct the file and try again.")
UNKNOWN_FIELD = N_("There is no such field: %(where)s. Remove it, or correct its spelling.")
MISSING_FIELD = N_("A field is missing: %(where)s. Add it.")
UNKNOWN_WORD = N_("The word at %(where)s is not known. Use one of: %(words)s.")
NAIVE_INSTANT = N_("The instant at %(where)s has no time zone. Write it like 2026-09-01T08:00:00Z.")
NO_INSTANT = N_("There is no valid instant at %(where)s. Write it like 2026-09-01T08:00:00Z.")
NO_DATE = N_("There is no valid date at %(where)s. Write it like 2026-09-01.")
NO_BIRTH_DATE = N_("There is no valid birth date at %(where)s. Write 2016-05-01, 2016-05, 2016 or null.")
WRONG_TYPE = N_("The value at %(where)s has the wrong type. Compare it with the documented example.")
TWICE = N_("%(where)s stands there twice. Keep only the one that is true.")

# What the decoder says, in order, and what we say.
_TOLD = {
    "unknown field": UNKNOWN_FIELD,
    "missing required field": MISSING_FIELD,
    "timezone component": NAIVE_INSTANT,
    "encoded datetime": NO_INSTANT,
    "encoded date": NO_DATE,
}


def parse_facts(document: bytes) -> f.Facts:
    """The facts that a JSON document states.

    Raises Refused `facts_invalid`, whose `where` is a JSON pointer (RFC 6901) to the first field that is not
    understood. Messages name fields and accepted words, never the value that was found.
    """
    document = document.removeprefix(b"\xef\xbb\xbf")
    try:
        found = msgspec.json.decode(document, type=f.Facts)
    except msgspec.ValidationError as wrong:
        raise _refusal(str(wrong), document) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _refused(NOT_JSON, "") from None
    _once(json.loads(document, object_pairs_hook=_Pairs), "")
    _sensible(found)
    return found


def parse_instant(text: str, where: str) -> datetime:
    """An instant with its time zone, in UTC. Refused `instant_invalid` names the place it was given at."""
    try:
        return msgspec.convert(text, f.Instant).astimezone(UTC)
    except msgspec.ValidationError as wrong:
        message = NAIVE_INSTANT if "timezone" in str(wrong) else NO_INSTANT
    except OverflowError:
        message = NO_INSTANT
    raise Refused("instant_invalid", message, params={"where": where}, where=where)


class _Pairs(list[tuple[str, Any]]):
    """A JSON object as it stands in the text, with every name it gives twice."""


def _once(value: Any, where: str) -> None:
    # Two readers may take two different ones of a field that stands twice; the facts must not depend on it.
    if isinstance(value, _Pairs):
        seen: set[str] = set()
        for name, inner in value:
            place = f"{where}/{_escaped(name)}"
            if name in seen:
                raise _refused(TWICE, place)
            seen.add(name)
            _once(inner, place)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            _once(inner, f"{where}/{number}")


def _sensible(facts: f.Facts) -> None:
    if facts.learner.birth_date is not None:
        try:
            latest_birth_day(facts.learner.birth_date)
        except ValueError:
            raise _refused(NO_BIRTH_DATE, "/learner/birth_date") from None
    for number, authorisation in enumerate(facts.authorisations):
        for name in ("valid_from", "valid_until"):
            instant = getattr(authorisation, name)
            _in_range(instant, f"/authorisations/{number}/{name}")
            if instant is None and authorisation.status not in _NO_VALIDITY:
                raise _refused(NO_INSTANT, f"/authorisations/{number}/{name}")
    for number, consent in enumerate(facts.consents):
        for name in ("completed_at", "valid_until"):
            _in_range(getattr(consent, name), f"/consents/{number}/{name}")
    known: set[str] = set()
    for number, guardian in enumerate(facts.guardians):
        if guardian.id in known:
            raise _refused(TWICE, f"/guardians/{number}/id")
        known.add(guardian.id)


def _in_range(instant: datetime | None, where: str) -> None:
    try:
        if instant is not None:
            instant.astimezone(UTC)
    except OverflowError:
        raise _refused(NO_INSTANT, where) from None


def _refusal(wrong: str, document: bytes) -> Refused:
    """What msgspec found wrong, told in our words."""
    path = _PATH.search(wrong)
    trail = path[1].replace("[...]", ".*") if path else ""
    where = re.sub(r"\.|\[", "/", trail).replace("]", "")
    field = _FIELD.search(wrong[: path.start()] if path else wrong)
    if "/*" in where:
        where = where.replace("*", _escaped(_wrong_purpose(document)))
    if field:
        where = f"{where}/{_escaped(field[1])}"
    if not where:
        return _refused(NOT_JSON, where)
    named = [part for part in where.split("/") if not part.isdigit()]
    if "Invalid enum value" in wrong and named[-1] in _WORDS:
        return _refused(UNKNOWN_WORD, where, words=", ".join(get_args(_WORDS[named[-1]])))
    return _refused(next((ours for theirs, ours in _TOLD.items() if theirs in wrong), WRONG_TYPE), where)


def _wrong_purpose(document: bytes) -> str:
    """Which of the named purposes is not understood: the decoder only says that one is."""
    for name, value in msgspec.json.decode(document)["purposes"].items():
        try:
            msgspec.convert(value, f.Purpose)
        except msgspec.ValidationError:
            return str(name)
    return ""


def _refused(message: str, where: str, **params: str) -> Refused:
    return Refused("facts_invalid", message, params={"where": where or "/", **params}, where=where)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
