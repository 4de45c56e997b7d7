"""What a reply means (MAIL sections 0.7, 1.4 D1-D3, 3; test 35)."""

import pytest

from guardian.mail.pace import throttles
from guardian.mail.replies import Outcome, Phase, Reply, cut, judged, refusal


@pytest.mark.parametrize(
    ("phase", "code", "text", "kind"),
    [
        ("final", 250, "2.0.0 Ok: queued as 4Fq", "accepted"),
        ("mail", 450, "4.7.1 later", "deferred"),
        ("rcpt", 450, "try later", "deferred"),
        ("rcpt", 451, "4.7.1 greylisted", "deferred"),
        ("rcpt", 452, "too many recipients", "deferred"),
        ("rcpt", 552, "mailbox full", "deferred"),
        ("rcpt", 552, "5.2.2 mailbox full", "deferred"),
        ("rcpt", 550, "5.2.2 mailbox full", "deferred"),
        ("rcpt", 550, "5.1.1 unknown", "failed"),
        ("rcpt", 550, "5.7.1 policy", "failed"),
        ("data", 451, "try later", "deferred"),
        ("data", 554, "no", "failed"),
        ("final", 454, "4.7.0 throttled", "deferred"),
        ("final", 554, "5.7.1 content", "failed"),
        ("final", 552, "5.3.4 too big", "failed"),
        ("mail", 421, "4.7.0 too many connections", "pool_down"),
        ("rcpt", 421, "busy", "pool_down"),
        ("final", 421, "busy", "pool_down"),
        ("mail", 530, "5.7.0 authentication required", "pool_down"),
        ("mail", 550, "5.7.1 sender refused", "pool_down"),
        ("final", 550, "5.7.515 access denied, sending domain", "pool_down"),
        ("final", 550, "5.7.26 unauthenticated", "pool_down"),
    ],
)
def test_kinds(phase: Phase, code: int, text: str, kind: str) -> None:
    outcome = judged(phase, Reply(code, text))
    assert outcome.kind == kind
    assert outcome.connection_fault == (code == 421)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2.0.0 Ok: queued as 4XyZ12", "4XyZ12"),
        ("OK id=1rABCD-0001Xy-2z", "1rABCD-0001Xy-2z"),
        ("2.6.0 <x@example.org> [InternalId=123456, Hostname=x] Queued mail for delivery", "123456"),
        ("Ok 0102018f-aaaa-bbbb-000000", "0102018f-aaaa-bbbb-000000"),
        ("2.0.0 Ok", None),
        ("Ok", None),
    ],
)
def test_the_servers_own_number_is_kept(text: str, found: str | None) -> None:
    assert judged("final", Reply(250, text)).queue_id == found


@pytest.mark.parametrize(
    ("code", "text", "enhanced"),
    [
        (550, "5.1.1 x", "5.1.1"),
        (550, "4.1.1 x", None),
        (550, "5.1.1", "5.1.1"),
        (550, "a 5.1.1", None),
        (250, "2.1.5", "2.1.5"),
    ],
)
def test_the_enhanced_code_must_be_of_the_replys_class(code: int, text: str, enhanced: str | None) -> None:
    assert Reply(code, text).enhanced == enhanced


def test_no_address_is_quoted() -> None:
    outcome = judged("rcpt", Reply(550, "5.1.1 <maria.nowak@example.com>:\nno such user maria.nowak@example.com here"))
    assert "example.com" not in outcome.text
    assert "no such user" in outcome.text


def test_the_first_refusal_counts() -> None:
    good, asked = Reply(250, "ok"), Reply(354, "go")
    assert refusal([good, good, asked]) is None
    assert refusal([good]) is None
    assert refusal([good, Reply(550, "5.1.1 x"), Reply(554, "no valid recipients")]) == judged(
        "rcpt", Reply(550, "5.1.1 x")
    )
    assert refusal([good, good, Reply(250, "what")]) is not None


def test_only_after_the_last_dot_is_it_unknown() -> None:
    phases: list[Phase] = ["mail", "rcpt", "data", "body", "final"]
    assert [cut(phase, "x").kind for phase in phases] == ["deferred"] * 4 + ["unknown"]


@pytest.mark.parametrize(
    ("phase", "code", "enhanced", "slower"),
    [
        ("final", 454, None, True),
        ("mail", 421, None, True),
        ("rcpt", 451, "4.7.1", True),
        ("rcpt", 450, "4.2.1", False),
        ("rcpt", 450, None, False),
        ("final", 250, None, False),
        ("rcpt", 550, "5.7.1", False),
        ("connect", 421, None, False),
    ],
)
def test_what_asks_for_less(phase: Phase, code: int, enhanced: str | None, slower: bool) -> None:
    assert throttles(Outcome(kind="deferred", phase=phase, code=code, enhanced=enhanced)) == slower
