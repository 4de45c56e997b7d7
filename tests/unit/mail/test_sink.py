"""The demo's mail server keeps what it is sent, refuses on demand, and remembers over a restart."""

import smtplib
from collections.abc import Iterator
from pathlib import Path

import pytest

from guardian.mail import sink as sinks
from guardian.mail.mime import build
from guardian.mail.sink import Sink, start_sink
from tests.unit.mail.corpus import STOP, URL
from tests.unit.mail.test_mime import made


@pytest.fixture
def sink() -> Iterator[Sink]:
    started = start_sink()
    yield started
    started.stop()


def send(sink: Sink, *recipients: str, raw: bytes = build(made())) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
        client.sendmail("guardian@example.org", recipients, raw)


def test_a_message_is_read_into_its_parts(sink: Sink) -> None:
    text = f"Answer here: {URL}.\n({STOP})\nAgain {URL}\n"
    send(sink, "a@example.com", raw=build(made(text=text, html="<p>x</p>\n", subject="Żółć")))
    (one,) = sink.messages()
    assert one.as_json() == {
        "to": "a@example.com", "subject": "Żółć", "text": text, "html": "<p>x</p>\n", "links": [URL, STOP],
    }  # fmt: skip
    assert ("Auto-Submitted", "auto-generated") in one.headers
    assert one.raw.count(b"\r\n") == one.raw.count(b"\n")


def test_lines_that_start_with_a_dot_survive(sink: Sink) -> None:
    raw = build(made())
    send(sink, "a@example.com", raw=raw)
    assert sink.messages()[0].raw == raw


def test_each_recipient_has_an_inbox(sink: Sink) -> None:
    send(sink, "a@example.com", "b@example.com")
    assert [one.to for one in sink.messages()] == ["a@example.com", "b@example.com"]
    assert len(sink.messages("b@example.com")) == 1
    sink.clear()
    assert sink.messages() == []


def test_it_refuses_on_demand_and_takes_the_refusal_back(sink: Sink) -> None:
    sink.refuse("^bad", "550 5.1.1 no such user")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(sink, "bad@example.com")
    sink.refuse("^late", "451 4.3.0 later", phase="data")
    with pytest.raises(smtplib.SMTPDataError):
        send(sink, "late@example.com")
    sink.refuse("^bad", "")
    send(sink, "bad@example.com")
    assert [one.to for one in sink.messages()] == ["bad@example.com"]


def test_the_inbox_is_kept_over_a_restart(tmp_path: Path) -> None:
    store = tmp_path / "inbox.jsonl"
    for number in (1, 2):
        started = start_sink(store=store)
        send(started, f"n{number}@example.com")
        started.stop()
        with store.open("a") as file:
            file.write('{"to": "cut off')
            file.write("\n")
    again = start_sink(store=store)
    again.stop()
    assert [one.to for one in again.messages()] == ["n1@example.com", "n2@example.com"]
    assert again.messages()[0].raw == build(made())


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sinks, "KEPT", 3)
    started = start_sink()
    send(started, *(f"n{number}@example.com" for number in range(5)))
    started.stop()
    assert [one.to for one in started.messages()] == [f"n{number}@example.com" for number in (2, 3, 4)]


def test_a_taken_port_is_an_error(sink: Sink) -> None:
    with pytest.raises(OSError, match="address already in use"):
        start_sink(port=sink.port)
