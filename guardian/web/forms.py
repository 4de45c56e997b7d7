"""A form of a page, read into a typed Struct: every wrong field is named at once, and nothing typed is lost.

A Struct says what the form holds; its constraints (`Meta(ge=1)`), choices (`Literal`, enums) and defaults count. A
field without a default must be filled in. A single checkbox is a `bool`; several checkboxes, sent as `name-value=yes`
each, are a `list`. A file is no field: take it from the request.
"""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import inspect

from guardian.i18n import gettext_noop as N_
from guardian.i18n import text

LONGEST = 1_000
"""Characters that a field takes, unless it says otherwise."""
_TICKED = frozenset({"yes", "on", "true", "1"})

T = TypeVar("T", bound=msgspec.Struct)

_BY_KIND: tuple[tuple[type[inspect.Type], str], ...] = (
    (inspect.IntType, N_("Enter a whole number, such as 12.")),
    (inspect.FloatType, N_("Enter a number, such as 12.")),
    (inspect.DateType, N_("Enter a date as year-month-day, such as 2026-12-04.")),
    (inspect.DateTimeType, N_("Enter a day and time with its zone, such as 2026-12-04T18:00Z.")),
    (inspect.UUIDType, N_("This does not belong to this page. Reload the page and choose again.")),
    (inspect.LiteralType, N_("Choose one of the answers.")),
    (inspect.EnumType, N_("Choose one of the answers.")),
    (inspect.BoolType, N_("Choose one of the answers.")),
    (inspect.ListType, N_("Choose among the answers on the page.")),
)


class FieldError(msgspec.Struct, frozen=True):
    """What is wrong with one field, as a msgid with named places. `field` is the id on the page to go to."""

    field: str
    message: str
    params: dict[str, Any] = {}


class Filled(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """A form that was sent. `value` is there when nothing is wrong; `typed` is what to show again."""

    value: T | None
    typed: dict[str, str]
    errors: tuple[FieldError, ...]

    def told(self, language: str) -> list[tuple[str, str]]:
        """What the error summary on top of the page takes."""
        return [(error.field, text(language, error.message, **error.params)) for error in self.errors]

    def error(self, field: str, language: str) -> str | None:
        """The sentence that stands beside one field."""
        return dict(self.told(language)).get(field)


def read(
    form: Mapping[str, str],
    into: type[T],
    *,
    longest: Mapping[str, int] | None = None,
    sentences: Mapping[str, str] | None = None,
) -> Filled[T]:
    """Judge a form. `longest` caps the characters of a field, `sentences` says how to mend one in the page's words."""
    caps, words = longest or {}, sentences or {}
    found: dict[str, Any] = {}
    errors: list[FieldError] = []
    kinds = inspect.type_info(into)
    assert isinstance(kinds, inspect.StructType)
    for field in kinds.fields:
        name, kind = field.encode_name, _inner(field.type)
        raw = _sent(form, name, kind)
        most = caps.get(name, LONGEST)
        if raw in (None, "", []):
            if field.required:
                errors.append(FieldError(name, words.get(name, _empty(kind))))
            continue
        if isinstance(raw, str) and len(raw) > most:
            params = {"most": most, "count": len(raw)}
            errors.append(FieldError(name, N_("Use at most %(most)d characters; there are %(count)d now."), params))
            continue
        try:
            found[name] = msgspec.convert(raw, _annotation(into, field.name), strict=False)
        except msgspec.ValidationError:
            errors.append(FieldError(name, words.get(name, _wrong(kind))))
    typed = {key: value for key, value in form.items() if not key.startswith("_")}
    value = None if errors else msgspec.convert(found, into, strict=False)
    return Filled(value=value, typed=typed, errors=tuple(errors))


def _sent(form: Mapping[str, str], name: str, kind: inspect.Type) -> str | bool | list[str] | None:
    if isinstance(kind, inspect.ListType):
        start = f"{name}-"
        ticked = [key.removeprefix(start) for key, said in form.items() if key.startswith(start) and said in _TICKED]
        return ticked or [one for one in (form.get(name),) if one]
    raw = form.get(name)
    if isinstance(kind, inspect.BoolType):
        # A checkbox that is not ticked is not sent; a choice between yes and no is.
        return raw if raw is None else (True if raw in _TICKED else raw)
    return None if raw is None else raw.replace("\x00", "").strip()


def _inner(kind: inspect.Type) -> inspect.Type:
    """The type that a field has when it is filled in."""
    if isinstance(kind, inspect.Metadata):
        return _inner(kind.type)
    if isinstance(kind, inspect.UnionType):
        return next((_inner(one) for one in kind.types if not isinstance(one, inspect.NoneType)), kind)
    return kind


def _annotation(into: type[msgspec.Struct], name: str) -> Any:
    return next(field.type for field in msgspec.structs.fields(into) if field.name == name)


def _empty(kind: inspect.Type) -> str:
    chosen = isinstance(kind, inspect.LiteralType | inspect.EnumType | inspect.BoolType | inspect.ListType)
    return N_("Choose an answer.") if chosen else N_("Fill this in.")


def _wrong(kind: inspect.Type) -> str:
    return next((sentence for known, sentence in _BY_KIND if isinstance(kind, known)), N_("Check what stands here."))
