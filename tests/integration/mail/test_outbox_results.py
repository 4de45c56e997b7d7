"""What a server's answer means for a letter: accepted, tried again later, given up, or an address that is no more."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from guardian.mail.outbox import Claimed
from guardian.mail.replies import Kind, Outcome, Phase
from guardian.mail.retrying import RETRY_AFTER, retry_after
from guardian.mail.sender import GIVE_UP_AFTER, result_of

NOW = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
ID = UUID("01a07ae1-9800-710c-8ac5-878fa8d9c99c")


def letter(*, age: timedelta = timedelta(), attempts: int = 1) -> Claimed:
    return Claimed(
        id=ID, institution=None, letter="test", recipient_kind="staff", recipient=ID, subject=ID, sequence=0,
        attempts=attempts, created_at=NOW - age,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "phase", "code", "enhanced", "state"),
    [
        ("accepted", "final", 250, "2.0.0", "accepted"),
        ("failed", "rcpt", 550, "5.1.1", "bounced_hard"),
        ("failed", "rcpt", 553, "5.1.3", "bounced_hard"),
        ("failed", "rcpt", 556, "5.1.10", "bounced_hard"),
        ("failed", "rcpt", 550, None, "bounced_hard"),  # a bare 550 to RCPT: no such person
        ("failed", "final", 550, "5.1.1", "bounced_hard"),
        ("failed", "rcpt", 550, "5.1.8", "failed"),  # it is our own address that is blamed
        ("failed", "rcpt", 550, "5.1.7", "failed"),
        ("failed", "rcpt", 550, "5.7.1", "failed"),  # policy: never the address's fault
        ("failed", "rcpt", 554, None, "failed"),
        ("failed", "rcpt", 551, None, "failed"),
        ("failed", "final", 550, None, "failed"),  # the content
        ("failed", "final", 552, "5.3.4", "failed"),
        ("failed", "data", 554, "5.6.0", "failed"),
        ("deferred", "rcpt", 451, "4.7.1", "queued"),
        ("deferred", "rcpt", 552, "5.2.2", "queued"),
        ("deferred", "mail", None, None, "queued"),
        ("unknown", "final", None, None, "queued"),
        ("pool_down", "connect", None, None, "queued"),
        ("pool_down", "mail", 421, "4.3.2", "queued"),
    ],
)
def test_what_an_answer_makes_of_a_letter(
    kind: Kind, phase: Phase, code: int | None, enhanced: str | None, state: str
) -> None:
    result = result_of(Outcome(kind=kind, phase=phase, code=code, enhanced=enhanced), letter(), NOW)
    assert result.state == state
    assert (result.not_before is not None and result.not_before > NOW) is (state == "queued")
    assert result.counts is (kind != "pool_down")


@pytest.mark.parametrize("kind", ["deferred", "unknown"])
def test_after_three_days_a_letter_is_given_up(kind: Kind) -> None:
    outcome = Outcome(kind=kind, phase="rcpt", code=451)
    assert result_of(outcome, letter(age=GIVE_UP_AFTER - timedelta(seconds=1)), NOW).state == "queued"
    assert result_of(outcome, letter(age=GIVE_UP_AFTER), NOW).state == "failed"


def test_a_server_that_is_down_for_longer_than_three_days_costs_no_letter() -> None:
    down = Outcome(kind="pool_down", phase="connect")
    assert result_of(down, letter(age=GIVE_UP_AFTER * 3), NOW).state == "queued"


def test_the_reason_is_kept_short_and_is_a_code_never_words() -> None:
    outcome = Outcome(kind="failed", phase="rcpt", code=550, enhanced="5.7.1", text="alice@example.org is not welcome")
    assert result_of(outcome, letter(), NOW).code == "5.7.1"
    assert result_of(Outcome(kind="failed", phase="rcpt", code=554), letter(), NOW).code == "554"
    assert result_of(Outcome(kind="unknown", phase="final"), letter(), NOW).code == "unknown"


@pytest.mark.parametrize(
    ("attempts", "base"), [(0, 300), (1, 300), (2, 900), (3, 3600), (4, 14_400), (5, 43_200), (6, 86_400), (50, 86_400)]
)
def test_each_attempt_waits_longer_within_a_fifth(attempts: int, base: int) -> None:
    waits = [retry_after(UUID(int=n << 100 | n), attempts).total_seconds() for n in range(200)]
    assert min(waits) >= base * 0.8
    assert max(waits) <= base * 1.2
    assert max(waits) - min(waits) > base * 0.3, "a campaign that was turned away must not come back all at once"


def test_a_letters_next_attempt_can_be_told_beforehand() -> None:
    assert retry_after(ID, 2) == retry_after(ID, 2)
    assert sorted(RETRY_AFTER) == list(RETRY_AFTER)
