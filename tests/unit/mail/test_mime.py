"""No name can break out of a header or a line; what was rendered arrives as it was (MAIL section 6, 20 to 26)."""

import email
import mailbox
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage, Message
from email.utils import parsedate_to_datetime
from pathlib import Path

import msgspec
import pytest

from guardian.mail.mime import Envelope, build, check, quoted_printable
from tests.unit.mail.corpus import NAMES, STOP, URL

SENT = datetime(2026, 10, 25, 1, 30, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
FIRST = "019a0000-0000-7000-8000-000000000001@example.org"
PLAIN = Envelope(
    message_id="019a0000-0000-7000-8000-000000000002@example.org",
    date=SENT,
    sender="guardian@example.org",
    sender_name="Lessons Ltd",
    recipient="Jo.Smith+kid@example.com",
    subject="Your answer",
    text=f"Zażółć gęślą jaźń\n.hidden dot\n.\n{URL}\ntab\tinside\n" + "long " * 60 + "end\n",
    html=f'<p>Zażółć</p>\n<a\nhref="{URL}"\nrel="noreferrer">ok</a>\n',
    language="pl",
)
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "Content-Language",
    "MIME-Version", "Content-Type",
]  # fmt: skip


def made(**changes: object) -> Envelope:
    return msgspec.structs.replace(PLAIN, **changes)


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def words(part: Message) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode(part.get_content_charset() or "").replace("\r\n", "\n")


def lines(raw: bytes) -> list[bytes]:
    return raw.split(b"\r\n")


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_name_adds_no_header_and_no_recipient(name: str) -> None:
    raw = build(made(sender_name=name, subject=f"{name} asks", text=f"{name}\n".replace("\r", ""), html="<p>x</p>\n")
                if "\ud800" not in name else made(sender_name=name, subject=f"{name} asks"))  # fmt: skip
    message = parsed(raw)
    assert message.keys() == HEADERS
    assert [address.addr_spec for address in message["To"].addresses] == ["Jo.Smith+kid@example.com"]
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    assert b"\nBcc" not in head
    assert all(len(line) <= 78 for line in lines(head))


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_an_older_parser_reads_the_same_headers(name: str) -> None:
    raw = build(made(sender_name=name, subject=name))
    assert email.message_from_bytes(raw, policy=policy.compat32).keys() == HEADERS


@pytest.mark.parametrize(
    "name", ["Łukasz Żółć-Świętochłowska", "Nowak, Jan", "Anna 👩‍👩‍👧‍👦 Zoé", "محمد", "a=?b?=", "Szkoła nr 5"]
)
def test_a_harmless_name_arrives_as_it_was(name: str) -> None:
    message = parsed(build(made(sender_name=name, subject=f"{name} · {name * 3}")))
    assert message["From"].addresses[0].display_name == name
    assert message["From"].addresses[0].addr_spec == "guardian@example.org"
    assert str(message["Subject"]) == f"{name} · {name * 3}"


def test_marks_of_direction_and_controls_are_left_out() -> None:
    subject = str(make_header(decode_header(parsed(build(made(subject="a\u202eb\x00c\u2066d\r\ne")))["Subject"])))
    assert subject == "abcd e"


def test_a_plain_subject_stays_readable_in_the_source() -> None:
    assert b"Subject: Your answer\r\n" in build(PLAIN)


def test_two_parts_text_first_and_both_arrive_whole() -> None:
    message = parsed(build(PLAIN))
    assert message.get_content_type() == "multipart/alternative"
    parts = list(message.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part["Content-Transfer-Encoding"] for part in parts] == ["quoted-printable"] * 2
    decoded = [words(part) for part in parts]
    assert decoded == [PLAIN.text, PLAIN.html]


def test_a_mailbox_file_reads_them_too(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    key = box.add(build(PLAIN))
    first = next(part for part in box[key].walk() if not part.is_multipart())
    assert words(first) == PLAIN.text


def test_the_link_stands_once_and_unsplit_in_each_part() -> None:
    text, html = build(PLAIN).split(b"--=_")[1:3]
    for part in (text, html):
        assert sum(URL.encode() in line for line in lines(part)) == 1
    assert all(len(line) <= 76 for line in lines(build(PLAIN).partition(b"--=_")[2].partition(b"\r\n\r\n")[2]))


def test_every_line_ends_in_crlf() -> None:
    raw = build(made(text="one\ntwo\r\nthree", html="x" * 5000))
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
    assert raw.endswith(b"\r\n")


@pytest.mark.parametrize("broken", [b"a\n", b"a\rb\r\n", b"a", b"X: " + b"y" * 1000 + b"\r\n\r\nb\r\n"])
def test_broken_lines_are_refused(broken: bytes) -> None:
    with pytest.raises(ValueError, match=r"CRLF|998"):
        check(broken)


def test_a_bare_carriage_return_in_a_body_is_refused() -> None:
    with pytest.raises(ValueError, match="carriage return"):
        quoted_printable("a\rb\n")


def test_a_single_long_line_breaks_with_crlf() -> None:
    assert quoted_printable("x" * 100) == b"x" * 75 + b"=\r\n" + b"x" * 25


@pytest.mark.parametrize("length", range(70, 82))
@pytest.mark.parametrize("end", [" ", "  ", "\t", " \t ", "=", "é", "."])
def test_no_line_is_too_long_whatever_it_ends_in(length: int, end: str) -> None:
    made_lines = lines(quoted_printable(f"{'x' * length}{end}\n{'y ' * length}{end}\n"))
    assert max(map(len, made_lines)) <= 76
    assert not any(line.endswith((b" ", b"\t")) for line in made_lines)


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert build(PLAIN) == build(made())


def test_message_id_date_and_thread() -> None:
    message = parsed(build(made(references=FIRST)))
    assert message["Message-ID"] == f"<{PLAIN.message_id}>"
    assert message["References"] == message["In-Reply-To"] == f"<{FIRST}>"
    assert str(message["Date"]) == "Sun, 25 Oct 2026 01:30:00 -0330"
    assert parsedate_to_datetime(str(message["Date"])) == SENT


def test_a_date_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        build(made(date=SENT.replace(tzinfo=None)))


def test_a_date_in_utc() -> None:
    assert b"Date: Mon, 07 Sep 2026 08:00:00 +0000\r\n" in build(made(date=datetime(2026, 9, 7, 8, tzinfo=UTC)))


def test_no_program_answers_and_reminders_can_be_stopped() -> None:
    long = "https://guardian.example.org/u/" + "x" * 150
    for url in (STOP, long):
        raw = build(made(list_unsubscribe=url))
        message = parsed(raw)
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["X-Auto-Response-Suppress"] == "All"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert f"<{url}>\r\n".encode() in raw
    assert "List-Unsubscribe" not in parsed(build(PLAIN))


def test_replies_go_to_the_school() -> None:
    message = parsed(build(made(reply_to="office@example.net")))
    assert message["Reply-To"].addresses[0].addr_spec == "office@example.net"
    assert message["From"].addresses[0].addr_spec == "guardian@example.org"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("recipient", "a@example.com>\r\nBcc: <b@example.com"),
        ("recipient", "a@example.com,b@example.com"),
        ("recipient", ""),
        ("recipient", "Name <a@example.com>"),
        ("recipient", "a b@example.com"),
        ("recipient", "a@example.com\u2028"),
        ("reply_to", "a@example.com\r\nBcc: x@example.com"),
        ("sender", "a@exa\nmple.com"),
        ("message_id", "x>\r\nBcc: <y@example.org"),
        ("references", "a b@example.org"),
        ("list_unsubscribe", "https://example.org/\r\nBcc:x"),
        ("list_unsubscribe", "javascript:alert(1)"),
        ("language", "pl\r\nBcc: x"),
    ],
)
def test_what_cannot_stand_in_a_header_is_refused_without_quoting_it(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"cannot stand in a header") as caught:
        build(made(**{field: value}))
    assert value == "" or value not in str(caught.value)


def test_an_address_with_other_letters_stands_as_it_is() -> None:
    assert "To: <żółć@example.org>\r\n".encode() in build(made(recipient="żółć@example.org"))
