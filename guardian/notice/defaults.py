"""The notice that a new installation starts with: purposes and texts as files, filled in from the settings."""

from pathlib import Path
from typing import Any

import msgspec

from guardian.i18n import LANGUAGES
from guardian.notice.domain import Draft, NoticeText, Purpose
from guardian.settings import Settings

_FILES = Path(__file__).with_name("default_notice")


def default_purposes() -> tuple[Purpose, ...]:
    """The shipped purposes, in the order in which they are shown."""
    return msgspec.json.decode((_FILES / "purposes.json").read_bytes(), type=tuple[Purpose, ...])


def default_draft(settings: Settings) -> Draft:
    """The shipped notice in every language, with the operator's own name, address, phone and e-mail in place."""
    places = {
        "operator_name": settings.operator_name,
        "operator_address": settings.operator_address,
        "operator_phone": settings.operator_phone,
        "operator_email": settings.operator_email,
        "complaint_authority": settings.complaint_authority,
        "base_url": settings.base_url.rstrip("/"),
        "request_days": settings.request_days,
    }
    texts = {}
    for language in LANGUAGES:
        raw = msgspec.json.decode((_FILES / f"{language}.json").read_bytes())
        texts[language] = msgspec.convert(_filled(raw, places), NoticeText)
    return Draft(purposes=default_purposes(), texts=texts)


def _filled(value: Any, places: dict[str, object]) -> Any:
    if isinstance(value, str):
        return value % places
    if isinstance(value, dict):
        return {name: _filled(inner, places) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, places) for inner in value]
    return value
