"""When a blocked learner's data is due to be purged (the clocks of LAW section 4, PRODUCT section 2)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from guardian.access.codes import CODES, PERMITS
from guardian.access.decision import Decision
from guardian.access.due import LAPSE_OR_EXIT, NO_AUTHORISATION, REFUSED, UNASKABLE, WAITING, due
from guardian.access.facts import Consent, Facts, Guardian, Learner, Notice, Purpose
from guardian.jurisdiction.clocks import Clocks

BLOCKED = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
ASKED = datetime(2026, 9, 3, 9, 0, tzinfo=UTC)
CLOCKS = Clocks()

# «no signed authorisation 7 days; lapse or exit 60; waiting on a guardian 14 days from the notice; declined or
# withdrawn 7» - and what waits for a person has no clock.
DAYS = {
    "no_institution": 7, "authorisation_missing": 7, "authorisation_unsigned": 7, "scope_use_missing": 7,
    "scope_collect_missing": 7, "legal_model_not_allowed": 7, "purpose_not_authorised": 7,
    "left_institution": 60, "authorisation_expired": 60, "authorisation_revoked": 60, "authorisation_suspended": 60,
    "no_guardian": 14, "no_guardian_channel": 14,
    "consent_declined": 7, "consent_withdrawn": 7, "consent_revoked": 7, "guardians_disagree": 7, "assent_declined": 7,
}  # fmt: skip
FROM_THE_NOTICE = (
    "consent_missing", "consent_void", "consent_expired", "consent_stale", "method_too_weak", "assent_missing",
)  # fmt: skip
NO_CLOCK = (
    "unknown_learner", "engine_error", "authorisation_not_started", "reported", "identity_held", "erasure_in_progress",
    "erased",
)  # fmt: skip


def answer(*codes: str, access: Any = "block") -> Decision:
    return Decision(access=access, purposes={}, reasons=codes)


def facts(*consents: Consent) -> Facts:
    return Facts(
        learner=Learner(birth_date="2016-05-01", jurisdictions=("PL",), timezone="Europe/Warsaw", standing="active"),
        enrolments=(), authorisations=(), consents=consents,
        guardians=(
            Guardian(id="g1", authority="full", has_channel=True),
            Guardian(id="g2", authority="full", has_channel=True),
            Guardian(id="g3", authority="limited", has_channel=True),
        ),
        purposes={
            name: Purpose(core=name == "lessons", disclosure=False, commercial=False, guardian_always=False)
            for name in ("lessons", "recordings")
        },
        notice=Notice(version=1, material_since=1),
    )  # fmt: skip


def at(*codes: str, asked: datetime | None = ASKED, since: datetime = BLOCKED, given: Facts | None = None) -> Any:
    found = due(answer(*codes), given or facts(), since=since, asked_at=asked, clocks=CLOCKS)
    return found.at if found else None


def consent(state: Any, days: float | None, guardian: str = "g1", purpose: str = "lessons") -> Consent:
    completed = None if days is None else BLOCKED + timedelta(days=days)
    return Consent(
        id=f"{guardian}{state}{days}", guardian=guardian, purpose=purpose, state=state, completed_at=completed
    )


def test_every_code_that_blocks_has_a_clock_or_waits_for_a_person() -> None:
    assert {*DAYS, *FROM_THE_NOTICE, *NO_CLOCK, "verification_pending"} == set(CODES) - PERMITS
    assert {*DAYS, *FROM_THE_NOTICE} == NO_AUTHORISATION | LAPSE_OR_EXIT | UNASKABLE | WAITING | REFUSED


@pytest.mark.parametrize(("code", "days"), DAYS.items())
def test_clocks_that_run_from_the_block(code: str, days: int) -> None:
    assert at(code) == BLOCKED + timedelta(days=days)
    assert at(code, asked=None) == BLOCKED + timedelta(days=days)


@pytest.mark.parametrize("code", FROM_THE_NOTICE)
def test_waiting_on_a_guardian_runs_from_the_notice_and_not_before_one_was_sent(code: str) -> None:
    assert at(code) == ASKED + timedelta(days=14)
    assert at(code, asked=None) is None


@pytest.mark.parametrize("code", FROM_THE_NOTICE)
def test_a_learner_who_falls_back_to_waiting_gets_the_whole_time_from_then_on(code: str) -> None:
    assert at(code, since=ASKED + timedelta(days=200)) == ASKED + timedelta(days=214)


@pytest.mark.parametrize("code", NO_CLOCK)
def test_what_waits_for_a_person_has_no_clock(code: str) -> None:
    assert at(code) is None


def test_a_yes_that_waits_for_our_own_second_message_gets_the_whole_time_from_the_yes() -> None:
    def pending(pending_at: datetime | None) -> datetime | None:
        answered = answer("verification_pending")
        found = due(answered, facts(), since=BLOCKED, asked_at=ASKED, clocks=CLOCKS, pending_at=pending_at)
        return found.at if found else None

    assert pending(ASKED + timedelta(days=12)) == ASKED + timedelta(days=26)
    assert pending(None) == BLOCKED + timedelta(days=14)


def test_a_permit_is_never_due() -> None:
    permit = answer("authorised", "consented", access="permit")
    assert due(permit, facts(), since=BLOCKED, asked_at=ASKED, clocks=CLOCKS) is None


def test_of_several_clocks_the_earliest_counts_and_gives_the_cause() -> None:
    found = due(answer("left_institution", "consent_missing"), facts(), since=BLOCKED, asked_at=ASKED, clocks=CLOCKS)
    assert found is not None
    assert (found.at, found.cause) == (ASKED + timedelta(days=14), "waiting_on_guardian")
    found = due(
        answer("authorisation_missing", "consent_missing"), facts(), since=BLOCKED, asked_at=ASKED, clocks=CLOCKS
    )
    assert found is not None
    assert (found.at, found.cause) == (BLOCKED + timedelta(days=7), "no_authorisation")


@pytest.mark.parametrize(
    ("consents", "days"),
    [
        ([consent("declined", 3)], 10),
        ([consent("given", 1), consent("withdrawn", 5)], 12),
        ([consent("withdrawn", 5), consent("given", 6)], 7),  # taken back: no refusal stands, the block's start counts
        ([consent("declined", 3), consent("declined", 6)], 13),  # the latest row per guardian and purpose
        ([consent("declined", 3), consent("declined", 2, "g2")], 9),  # the first guardian to refuse
        # what is optional never closed the account, and who has no say never refused it
        ([consent("declined", 4), consent("declined", 2, purpose="recordings")], 11),
        ([consent("declined", 4), consent("declined", 2, "g3")], 11),
        ([consent("declined", None)], 7),
    ],
)
def test_a_refusal_counts_from_when_it_was_made(consents: list[Consent], days: int) -> None:
    expected = BLOCKED + timedelta(days=days)
    for order in (consents, consents[::-1]):
        assert at("consent_declined", asked=None, given=facts(*order)) == expected


def test_a_learners_own_no_counts_from_the_block_whatever_guardians_said_before() -> None:
    given = facts(consent("declined", -900), consent("withdrawn", -800))
    assert at("assent_declined", asked=None, given=given) == BLOCKED + timedelta(days=7)


def test_shorter_clocks_are_followed() -> None:
    short = Clocks(waiting_on_guardian_days=3)
    found = due(answer("consent_missing"), facts(), since=BLOCKED, asked_at=ASKED, clocks=short)
    assert found is not None
    assert found.at == ASKED + timedelta(days=3)


@pytest.mark.parametrize(
    "codes",
    [
        ("authorisation_expired", "authorisation_missing"),  # a refused or an older one stands beside it
        ("authorisation_expired", "authorisation_unsigned", "scope_use_missing", "scope_collect_missing"),
        ("authorisation_suspended", "authorisation_missing"),
    ],
)
def test_asking_for_the_next_signature_does_not_shorten_the_clock_of_a_lapse(codes: tuple[str, ...]) -> None:
    found = due(answer(*codes), facts(), since=BLOCKED, asked_at=None, clocks=CLOCKS)
    assert found is not None
    assert (found.cause, found.at) == ("lapse_or_exit", BLOCKED + timedelta(days=CLOCKS.lapse_or_exit_days))
