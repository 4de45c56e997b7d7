"""Whatever a guardian answers, in whatever order: the record says the last word, and says nothing twice."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from guardian.consent.domain import (
    MOVES,
    NOES,
    OPEN,
    Current,
    Entry,
    Key,
    Question,
    RequestState,
    Verb,
    completed_at,
    entries,
    move,
    withdrawals,
)
from guardian.consent.typed import field_of, read, tidy
from guardian.errors import Conflict

START = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
CHILDREN = [UUID(int=n) for n in (1, 2)]
QUESTIONS = [Question(child, purpose) for child in CHILDREN for purpose in ("lessons", "recordings")]
KEYS = [(question.learner, question.purpose) for question in QUESTIONS]
CHOICES = st.fixed_dictionaries({key: st.sampled_from(["yes", "no"]) for key in KEYS})
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), CHOICES),
        st.tuples(st.just("withdraw"), st.sets(st.sampled_from(CHILDREN), min_size=1)),
        st.tuples(st.just("complete"), st.none()),
    ),
    max_size=12,
)


def written(entry: Entry, at: datetime, done: datetime | None) -> Current:
    return Current(
        learner=entry.learner, purpose=entry.purpose, state=entry.state, method="email_plus", notice_version=1,
        recorded_at=at, completed_at=completed_at(entry.state, at, done), valid_until=None, act=UUID(int=9),
    )  # fmt: skip


@given(ACTS)
def test_the_last_word_stands_and_nothing_is_written_twice(acts: list[Any]) -> None:
    words: dict[Key, Current] = {}
    done: dict[Key, datetime] = {}
    at = START
    for kind, what in acts:
        at += timedelta(minutes=1)
        if kind == "complete":
            for key, word in words.items():
                if word.state == "given":
                    done[key] = at
            continue
        before = dict(words)
        if kind == "answer":
            added = entries(QUESTIONS, what, words, notice_version=1, now=at)
        else:
            added = withdrawals(words.values(), what)
        for entry in added:
            key = (entry.learner, entry.purpose)
            words[key] = written(entry, at, done.get(key))
            counts_from = words[key].completed_at
            if counts_from:
                assert counts_from >= done.get(key, at)
                done[key] = counts_from
        if kind == "answer":
            assert {key: "yes" if words[key].state == "given" else "no" for key in KEYS} == what
            assert entries(QUESTIONS, what, words, notice_version=1, now=at) == []
            for entry in added:
                was = before.get((entry.learner, entry.purpose))
                took_back = was is not None and was.state == "given" and entry.state in NOES
                assert (entry.state == "withdrawn") == took_back
        else:
            assert not [word for word in words.values() if word.state == "given" and word.learner in what]


@given(st.lists(st.sampled_from(sorted({verb for verb, _ in MOVES})), max_size=20))
def test_every_history_follows_the_moves_and_ends_once(verbs: list[Verb]) -> None:
    state: RequestState = "queued"
    ended = False
    for verb in verbs:
        try:
            state = move(state, verb)
        except Conflict:
            continue
        assert not ended
        ended = state not in OPEN


@given(st.dictionaries(st.sampled_from([field_of(*key) for key in KEYS] + ["name", "relationship", "x"]), st.text()))
def test_any_form_is_read_without_a_crash_and_without_an_invented_answer(form: dict[str, str]) -> None:
    filled = read(form, QUESTIONS)
    assert all(form[field_of(*key)] == choice for key, choice in filled.choices.items())
    missing = {problem.key for problem in filled.problems if problem.key}
    assert missing | set(filled.choices) == set(KEYS)
    assert not missing & set(filled.choices)


@given(st.text(max_size=600))
def test_a_typed_name_is_one_tidy_line(text: str) -> None:
    name = tidy(text)
    assert tidy(name) == name
    assert len(name) <= 255
    assert name == name.strip()
    assert not set(name) & set("\r\n\0\u2028\u202e")
