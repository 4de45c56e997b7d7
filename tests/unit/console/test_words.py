"""Every state that can be shown has a word, and every colour is one that the pages know."""

from typing import Any, get_args

import pytest

from guardian.access.codes import CODES
from guardian.authorisation.domain import MOVES, PAST
from guardian.authorisation.domain import State as AuthorisationState
from guardian.consent.domain import AnswerState, RequestState
from guardian.console import history_words, roster_words, words
from guardian.flags.domain import Kind, Outcome, Severity
from guardian.institution.domain import LegalModel
from guardian.people.domain import Authority
from guardian.purge.domain import _CLOCK_OF, RECIPIENTS
from guardian.purge.domain import State as PurgeState
from guardian.roster.domain import Mode, RowState, UploadState
from guardian.roster.reading.records import Finding

COLOURS = {"permit", "waiting", "blocked", "held", "neutral"}


@pytest.mark.parametrize(
    ("states", "table"),
    [
        (AuthorisationState, words.AUTHORISATIONS),
        (AuthorisationState, words.AUTHORISATION_STEPS),
        (RequestState, words.REQUESTS),
        (AnswerState, words.ANSWERS),
        (PurgeState, words.PURGES),
        (Kind, words.KINDS),
        (Outcome, words.OUTCOMES),
        (Severity, words.SEVERITIES),
        (Severity, words.SEVERITY_COLOURS),
        (LegalModel, words.LEGAL_MODELS),
        (Authority, words.AUTHORITIES),
        (UploadState, roster_words.UPLOADS),
        (RowState, roster_words.ROWS),
        (Mode, roster_words.MODES),
    ],
)
def test_every_state_has_a_word(states: Any, table: dict[str, Any]) -> None:
    assert set(get_args(states)) <= set(table)


def test_every_cause_and_system_of_a_purge_has_a_word() -> None:
    assert {*_CLOCK_OF, "administrative"} <= set(words.CAUSES)
    assert set(RECIPIENTS) == set(words.SYSTEMS)


def test_every_move_of_an_authorisation_has_a_sentence_in_the_history() -> None:
    acts = {act for moves in MOVES.values() for act in moves}
    assert {f"authorisation.{PAST[act]}" for act in acts} <= set(history_words.ACTIONS)


def test_colours_are_known_to_the_pages() -> None:
    tables = [value for module in (words, roster_words) for name, value in vars(module).items() if "COLOURS" in name]
    assert {colour for table in tables for colour in table.values()} <= COLOURS


def test_a_row_says_what_the_reader_found_there() -> None:
    places = {"date": "2014-05-31"}
    finding = Finding(severity="W", code="YEAR_2_DIGITS", row=7, column="D: Born", value="31/05/14", places=places)
    (told,) = roster_words.row_said(["YEAR_2_DIGITS"], 7, [finding], "en")
    assert "2014-05-31" in told.sentence
    assert "four digits" in told.sentence
    assert (told.column, told.value) == ("D: Born", "31/05/14")


def test_without_its_finding_a_row_gets_a_whole_sentence_and_no_empty_place() -> None:
    (told,) = roster_words.row_said(["YEAR_2_DIGITS"], 8, [], "en")
    assert "%(" not in told.sentence
    assert told.sentence == "Write years with four digits."


def test_the_plans_own_codes_have_sentences_and_unknown_ones_are_shown_as_they_are() -> None:
    told = roster_words.row_said(["ID_REUSED", "NO_SUCH_CODE", "MASS_REMOVAL"], None, [], "en")
    sentences = [one.sentence for one in told]
    assert sentences[0].startswith("This student ID")
    assert sentences[1:] == ["NO_SUCH_CODE"]


def test_reasons_of_waiting_are_reasons() -> None:
    from guardian.console.domain import WAITS

    assert set(CODES) >= WAITS
