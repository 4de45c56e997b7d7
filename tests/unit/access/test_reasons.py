"""Each reason code has a sentence and a next step in every language, and every text here is translated."""

import ast
import re
from pathlib import Path

import pytest

from guardian.access import reasons as told_reasons
from guardian.access.codes import CODES, PERMITS, STEPS, ordered
from guardian.i18n import LANGUAGES, translations
from guardian.resources import PACKAGE

SOURCES = [
    *sorted((PACKAGE / "access").glob("*.py")),
    PACKAGE / "commands" / "decide_facts.py",
    PACKAGE / "jurisdiction" / "clocks.py",
]
PLACES = re.compile(r"%\(\w+\)[sd]")


def marked(path: Path) -> set[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    named = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "N_"]
    return {str(ast.literal_eval(call.args[0])) for call in named}


MESSAGES = sorted(set().union(*(marked(path) for path in SOURCES)))


def test_there_are_thirty_five_codes() -> None:
    assert len(CODES) == len(set(CODES)) == 35
    assert set(told_reasons.REASONS) == set(CODES)


def test_every_block_has_a_step_and_no_permit_has_one() -> None:
    assert set(STEPS) == set(CODES) - PERMITS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODES)
def test_a_code_is_told_in_every_language(code: str, language: str) -> None:
    sentence, step = told_reasons.sentence(code, language), told_reasons.next_step(code, language)
    assert sentence.endswith(".")
    assert step.endswith(".")
    if language != "en":
        assert sentence != told_reasons.sentence(code, "en")
        assert step != told_reasons.next_step(code, "en")


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_is_translated_with_its_places(message: str, language: str) -> None:
    told = translations(language).gettext(message)
    # Only names and marks: nothing in it to translate.
    assert told != message or not re.search(r"[a-z]", PLACES.sub("", message))
    assert sorted(PLACES.findall(told)) == sorted(PLACES.findall(message))
    assert " :" not in told
    assert " ;" not in told


def test_codes_are_told_in_their_order() -> None:
    assert ordered({"erased", "no_guardian", "unknown_learner"}) == (
        "unknown_learner",
        "no_guardian",
        "erased",
    )
