"""What holds of the decision for any facts at any instant."""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.access import facts as f
from guardian.access.age import day_end, day_start, zone
from guardian.access.codes import CODES, PERMITS, STEPS
from guardian.access.decision import Decision
from guardian.access.domain import answer, decide, since
from guardian.access.parse import parse_facts
from guardian.errors import Refused
from guardian.jurisdiction.domain import threshold
from tests.property import access_facts as any_

pytestmark = pytest.mark.time
NOES = ("declined", "withdrawn", "revoked")


def seen(decision: Decision) -> tuple[object, ...]:
    return decision.access, decision.purposes, decision.reasons


@settings(max_examples=300)
@given(any_.facts, any_.moments, st.lists(any_.moments, max_size=12))
def test_the_answer_stands_until_until_and_differs_there(facts: f.Facts, now: datetime, probes: list[datetime]) -> None:
    found = answer(facts, now)
    until = found.until
    assert until is None or until > now
    for probe in probes:
        if now <= probe and (until is None or probe < until):
            assert seen(answer(facts, probe)) == seen(found)
    if until is None:
        assert seen(answer(facts, datetime(2100, 1, 1, tzinfo=UTC))) == seen(found)
    else:
        assert seen(answer(facts, until)) != seen(found)
        assert seen(answer(facts, max(now, until - timedelta(microseconds=1)))) == seen(found)


@settings(max_examples=300)
@given(any_.facts, any_.moments, any_.moments, st.lists(any_.moments, max_size=12))
def test_access_has_been_the_same_since_since(
    facts: f.Facts, now: datetime, floor: datetime, probes: list[datetime]
) -> None:
    now, floor = max(now, floor), min(now, floor)
    begun = since(facts, now, floor)
    access = answer(facts, now).access
    assert floor <= begun <= now
    for probe in (begun, *probes):
        if begun <= probe <= now:
            assert answer(facts, probe).access == access
    if begun > floor:
        assert answer(facts, begun - timedelta(microseconds=1)).access != access


@settings(max_examples=400)
@given(any_.facts, any_.moments)
def test_a_permit_has_every_layer(facts: f.Facts, now: datetime) -> None:
    """Judged a second time, by another road: with local days instead of instants, and loops instead of sets."""
    if answer(facts, now).access == "block":
        return
    learner = facts.learner
    assert learner.standing == "active"
    if of_age(learner, now):
        return
    core = [name for name, spec in facts.purposes.items() if spec.core]
    assert core
    for name in core:
        assert not facts.purposes[name].commercial
        carrying = [a for a in facts.authorisations if name in a.purposes and in_force(facts, a, now)]
        assert carrying
        rows = [answers_of(facts, guardian.id, name, now) for guardian in full(facts)]
        assert not any(row.state in NOES for heard in rows for row in heard)
        spec = facts.purposes[name]
        asks = {"guardian_consent", "school_intermediary"}
        if spec.guardian_always or spec.disclosure or all(a.legal_model in asks for a in carrying):
            assert any(heard and all(is_yes(facts, name, row, now) for row in heard) for heard in rows)


def of_age(learner: f.Learner, now: datetime) -> bool:
    if learner.birth_date is None:
        return False
    today = now.astimezone(zone(learner.timezone)).date()
    parts = [int(part) for part in learner.birth_date.split("-")]
    month = parts[1] if len(parts) > 1 else 12
    day = parts[2] if len(parts) > 2 else monthrange(parts[0], month)[1]
    years = today.year - parts[0] - ((today.month, today.day) < (month, day))
    return years >= threshold(learner.jurisdictions, today)


def in_force(facts: f.Facts, a: f.Authorisation, now: datetime) -> bool:
    place = facts.learner.timezone
    enrolled = any(
        e.institution == a.institution
        and day_start(place, e.begins_on) <= now
        and (e.ends_on is None or now < day_end(place, e.ends_on))
        for e in facts.enrolments
    )
    assert a.valid_from is not None
    assert a.valid_until is not None
    american = {code.startswith("US") for code in facts.learner.jurisdictions}
    allowed = {
        "school_agent": american == {True},
        "school_intermediary": american == {True},
        "controller_instruction": True not in american,
        "guardian_consent": True,
        "own_consent": False,
    }[a.legal_model]
    return (
        enrolled
        and a.status == "active"
        and len(set(a.scopes)) == 2
        and allowed
        and a.valid_from <= now < a.valid_until
    )


def full(facts: f.Facts) -> list[f.Guardian]:
    return [guardian for guardian in facts.guardians if guardian.authority == "full"]


def answers_of(facts: f.Facts, guardian: str, purpose: str, now: datetime) -> list[f.Consent]:
    rows = [row for row in facts.consents if (row.guardian, row.purpose) == (guardian, purpose)]
    undated = [row for row in rows if row.completed_at is None and row.state != "given"]
    dated = [row for row in rows if row.completed_at is not None and row.completed_at <= now]
    latest = max((row.completed_at for row in dated if row.completed_at), default=None)
    tied = [row for row in dated if row.completed_at == latest]
    return undated or [row for row in tied if row.state != "given"] or tied


def is_yes(facts: f.Facts, purpose: str, row: f.Consent, now: datetime) -> bool:
    weak = row.method in (None, "email_plus", "text_plus", "school_attested")
    return (
        row.state == "given"
        and (row.valid_until is None or now < row.valid_until)
        and (row.notice_version or 0) >= facts.notice.material_since
        and not (facts.purposes[purpose].disclosure and weak)
    )


@settings(max_examples=300)
@given(any_.facts, any_.instants, st.data())
def test_after_a_no_nothing_but_a_later_yes_of_the_same_guardian_permits(
    facts: f.Facts, now: datetime, data: st.DataObject
) -> None:
    core = [name for name, spec in facts.purposes.items() if spec.core]
    if not core or not full(facts):
        return
    no = f.Consent(
        id="no",
        guardian=data.draw(st.sampled_from(full(facts))).id,
        purpose=data.draw(st.sampled_from(core)),
        state=data.draw(st.sampled_from(NOES)),
        completed_at=data.draw(st.sampled_from([now, None])),
    )
    kept = tuple(
        row
        for row in facts.consents
        if row.guardian != no.guardian or row.completed_at is None or row.completed_at <= now or no.completed_at is None
    )
    later = now + data.draw(st.timedeltas(timedelta(0), timedelta(days=9000)))
    found = answer(msgspec.structs.replace(facts, consents=(*kept, no)), later)
    assert found.access == "block" or found.reasons == ("own_consent",)


@settings(max_examples=300)
@given(
    any_.facts, any_.moments, any_.consents, st.sampled_from(["declined", "withdrawn", "revoked", "void", "expired"])
)
def test_a_refusal_more_never_opens_what_was_closed(
    facts: f.Facts, now: datetime, row: f.Consent, state: f.ConsentState
) -> None:
    before = answer(facts, now)
    refusal = msgspec.structs.replace(row, state=state)
    after = answer(msgspec.structs.replace(facts, consents=(*facts.consents, refusal)), now)
    assert before.access == "permit" or after.access == "block"
    for name, purpose in before.purposes.items():
        assert purpose.access == "permit" or after.purposes[name].access == "block"


@settings(max_examples=200)
@given(any_.facts, any_.moments, st.randoms(use_true_random=False))
def test_the_order_of_facts_says_nothing(facts: f.Facts, now: datetime, random: Random) -> None:
    def shuffled(rows: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(random.sample(rows, len(rows)))

    again = f.Facts(
        learner=msgspec.structs.replace(facts.learner, jurisdictions=shuffled(facts.learner.jurisdictions)),
        enrolments=shuffled(facts.enrolments),
        authorisations=shuffled(facts.authorisations),
        guardians=shuffled(facts.guardians),
        consents=shuffled(facts.consents),
        purposes=dict(random.sample(list(facts.purposes.items()), len(facts.purposes))),
        notice=facts.notice,
        rule=facts.rule,
    )
    assert answer(again, now).to_json() == answer(facts, now).to_json()


@settings(max_examples=300)
@given(any_.facts, any_.moments)
def test_reasons_are_known_in_order_and_of_one_kind(facts: f.Facts, now: datetime) -> None:
    found = answer(facts, now)
    assert list(found.reasons) == sorted(set(found.reasons), key=CODES.index) != []
    assert "engine_error" not in found.reasons
    if found.access == "permit":
        assert set(found.reasons) <= PERMITS
        assert found.next_step is None
        assert bool(found.basis) != (found.reasons == ("own_consent",))
    else:
        assert not set(found.reasons) & PERMITS
        assert (found.basis, found.next_step) == ((), STEPS[found.reasons[0]])
    for name, purpose in found.purposes.items():
        assert (purpose.reason in PERMITS) == (purpose.access == "permit")
        if facts.purposes[name].core:
            assert found.access == "block" or purpose.access == "permit"
            assert purpose.access == "permit" or purpose.reason in found.reasons


@settings(max_examples=200)
@given(any_.facts, any_.moments)
def test_the_same_facts_from_a_file_give_the_same_answer(facts: f.Facts, now: datetime) -> None:
    document = msgspec.json.encode(facts)
    assert answer(parse_facts(document), now).to_json() == answer(facts, now).to_json()
    east = msgspec.json.decode(document)
    assert decide(facts, now.astimezone(zone("Pacific/Kiritimati"))) == decide(facts, now)
    assert set(east) == {field.name for field in msgspec.structs.fields(f.Facts)}


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.datetimes()


@settings(max_examples=200)
@given(any_.facts, any_.moments, st.data())
def test_broken_facts_are_engine_trouble_or_an_answer_never_an_exception(
    facts: f.Facts, now: datetime, data: st.DataObject
) -> None:
    part = data.draw(st.sampled_from([field.name for field in msgspec.structs.fields(f.Facts)]))
    broken = msgspec.structs.replace(facts, **{part: data.draw(SCALARS | st.lists(SCALARS, max_size=2))})
    found = decide(broken, now)
    assert found.access == "block" or part != "learner"
    learner = msgspec.structs.replace(facts.learner, birth_date=data.draw(st.text(min_size=1, max_size=8)))
    assert decide(msgspec.structs.replace(facts, learner=learner), now).access in ("permit", "block")


def places(value: object) -> list[dict[str, Any]]:
    """Every JSON object within a value whose field names are fixed."""
    if isinstance(value, list):
        return [found for inner in value for found in places(inner)]
    if not isinstance(value, dict):
        return []
    purposes = value.get("purposes")
    if isinstance(purposes, dict):
        # Its names are not fixed, its values are.
        return [value, *places([one for name, one in value.items() if name != "purposes"] + [*purposes.values()])]
    return [value, *places([*value.values()])]


@settings(max_examples=200)
@given(any_.facts, st.text(max_size=8), st.data())
def test_an_unknown_field_anywhere_is_refused(facts: f.Facts, name: str, data: st.DataObject) -> None:
    document = msgspec.json.decode(msgspec.json.encode(facts))
    place = data.draw(st.sampled_from(places(document)))
    if name in place:
        return
    place[name] = None
    with pytest.raises(Refused) as wrong:
        parse_facts(msgspec.json.encode(document))
    assert wrong.value.where.endswith("/" + name.replace("~", "~0").replace("/", "~1"))


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_refused_and_nothing_worse(document: bytes) -> None:
    with pytest.raises(Refused):
        parse_facts(document)


def test_permits_are_not_rare() -> None:
    """The properties above say little if the facts they are tried on never permit."""
    permits = 0

    @settings(max_examples=300, database=None, derandomize=True)
    @given(any_.facts, any_.moments)
    def count(facts: f.Facts, now: datetime) -> None:
        nonlocal permits
        permits += answer(facts, now).reasons[0] == "authorised"

    run: Callable[[], None] = count
    run()
    assert permits > 15
