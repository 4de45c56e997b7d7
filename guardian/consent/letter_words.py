"""Words that all letters to guardians share."""

from collections.abc import Iterable
from typing import Any

from guardian.mail.letters import PurposeLine
from guardian.notice.domain import NoticeText, PurposeText
from guardian.settings import Settings


def foot(settings: Settings) -> dict[str, Any]:
    """Who runs the service and who answers questions."""
    return {"operator": settings.operator_name, "contact": settings.operator_email}


def title_of(text: NoticeText, purpose: str) -> str:
    """A purpose's title in the language of the notice; its code where an older notice named it."""
    return text.purposes.get(purpose, PurposeText(title=purpose)).title or purpose


def purpose_lines(text: NoticeText, purposes: Iterable[str]) -> tuple[PurposeLine, ...]:
    """What would be collected, and why: 16 CFR 312.4(c)(1)(iii)."""
    lines = []
    for code in purposes:
        words = text.purposes.get(code, PurposeText(title=code))
        lines.append(PurposeLine(words.title or code, words.why, tuple(item.name for item in words.items)))
    return tuple(lines)
