"""Builds the bytes of a message, whole: a text and an HTML form, headers that no name can break out of.

`email.message` is not used: it costs milliseconds a message, and on some releases a display name can add headers
(MAIL section 1.3, H1). Everything here is ASCII with CRLF; a rule that does not hold raises ValueError.
"""

import base64
import re
from binascii import b2a_qp
from datetime import datetime
from functools import lru_cache

import msgspec

from guardian.mail.cleaning import one_line

LINE = 78
"""Longest header line where it can be folded (RFC 5322 2.1.1), in characters without CRLF."""
HARD_LINE = 998
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ,.:;!'()/-]*[A-Za-z0-9.!)])?")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_ADDRESS = re.compile(r"[^\x00-\x20\x7f-\xa0<>()\[\],;:\\\"@\u2028\u2029]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_ID = re.compile(r"[A-Za-z0-9.+_-]+@[A-Za-z0-9.-]+")
_URL = re.compile(r"https?://[!-;=?-~]+")
_BLANKS = re.compile(r"[ \t]+$", re.MULTILINE)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """All of one message. `message_id` and `references` without angle brackets; `date` aware; `sender` our own
    address, the only one that ever stands in From; `list_unsubscribe` the https address whose POST stops reminders;
    `encoded` text and HTML as `quoted_printable` makes them, if that was done already.
    """

    message_id: str
    date: datetime
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    html: str
    language: str
    reply_to: str | None = None
    list_unsubscribe: str | None = None
    references: str | None = None
    encoded: tuple[bytes, bytes] | None = None


def build(envelope: Envelope) -> bytes:
    """The message as it goes over the wire, before dot-stuffing; the same envelope always gives the same bytes.

    Raises ValueError for an address, id or URL that could not stand in a header, and for a naive date.
    """
    # "=_" cannot occur in quoted-printable text, so no part can contain the boundary.
    boundary = f"=_{envelope.message_id.partition('@')[0]}"
    headers = [
        f"From: {_mailbox(envelope.sender_name, envelope.sender)}",
        f"To: <{_checked(_ADDRESS, envelope.recipient, 'recipient')}>",
        *([f"Reply-To: <{_checked(_ADDRESS, envelope.reply_to, 'Reply-To')}>"] if envelope.reply_to else []),
        f"Subject: {unstructured(envelope.subject, len('Subject: '))}",
        f"Date: {date_of(envelope.date)}",
        f"Message-ID: <{_checked(_ID, envelope.message_id, 'Message-ID')}>",
        *_following(envelope.references),
        *_unsubscribing(envelope.list_unsubscribe),
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        f"Content-Language: {_checked(_LANGUAGE, envelope.language, 'language')}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
    ]
    text, html = envelope.encoded or (quoted_printable(envelope.text), quoted_printable(envelope.html))
    message = b"".join(
        (
            "\r\n".join(headers).encode(),
            f"\r\n\r\n--{boundary}\r\n{_TEXT}".encode(),
            text,
            f"\r\n--{boundary}\r\n{_HTML}".encode(),
            html,
            f"\r\n--{boundary}--\r\n".encode(),
        )
    )
    check(message)
    return message


def _part(kind: str) -> str:
    return f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"


_TEXT = _part("plain")
_HTML = _part("html")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def check(message: bytes) -> None:
    """Raise ValueError unless every line ends in CRLF (MAIL section 1.4, D15) and no header line is over 998."""
    ends = message.count(b"\r\n")
    if ends != message.count(b"\n") or ends != message.count(b"\r") or not message.endswith(b"\r\n"):
        raise ValueError("a message must use CRLF at the end of every line and nowhere else")
    if max(map(len, message.partition(b"\r\n\r\n")[0].split(b"\r\n"))) > HARD_LINE:
        raise ValueError("a header line is over 998 octets; shorten the address or URL in it")


def quoted_printable(text: str) -> bytes:
    """A body, with LF or CRLF in it, as quoted-printable lines of at most 76 characters with CRLF.

    Blanks at the end of a line are left out: nobody sees them, and b2a_qp makes such lines too long.
    """
    lines = "\n".join(text.split("\r\n")) if "\r" in text else text
    if "\r" in lines:
        raise ValueError("a body must not hold a bare carriage return")
    if " \n" in lines or "\t\n" in lines or lines[-1:] in {" ", "\t"}:
        lines = _BLANKS.sub("", lines)
    # The leading CRLF makes b2a_qp break lines with CRLF even where a body is a single long line.
    return b2a_qp(b"\r\n" + lines.replace("\n", "\r\n").encode(), istext=True)[2:]


@lru_cache(maxsize=256)
def unstructured(text: str, indent: int) -> str:
    """Header text: as it is where it is short, plain ASCII; else RFC 2047 words of our own, folded."""
    clean = one_line(text)
    if len(clean) <= LINE - indent and _PLAIN.fullmatch(clean):
        return clean
    return _words(clean)


def _words(text: str) -> str:
    """`=?utf-8?b?…?=` words of at most 64 characters, none of which splits a character."""
    words, chunk = [], b""
    for character in text:
        encoded = character.encode()
        if len(chunk) + len(encoded) > 39:
            words.append(chunk)
            chunk = b""
        chunk += encoded
    words.append(chunk)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)


@lru_cache(maxsize=256)
def _mailbox(name: str, address: str) -> str:
    """A display name and an address; the name never bare unless it is plain words."""
    checked = _checked(_ADDRESS, address, "sender")
    clean = one_line(name)
    if not clean:
        return f"<{checked}>"
    shown = clean if _PLAIN_NAME.fullmatch(clean) and len(clean) < 60 else _words(clean)
    last = len(shown.rpartition("\r\n")[2])
    fold = " " if len("From:  <>") + last + len(checked) <= LINE else "\r\n "
    return f"{shown}{fold}<{checked}>"


def date_of(moment: datetime) -> str:
    """The instant as RFC 5322 wants it, in the zone it carries. Raises ValueError for a naive one."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("the date of a message must carry its zone")
    minutes = int(offset.total_seconds()) // 60
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}{abs(minutes) % 60:02d}"
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day}, {moment.day:02d} {month} {moment.year:04d} {moment:%H:%M:%S} {zone}"


def _following(reference: str | None) -> list[str]:
    if reference is None:
        return []
    checked = _checked(_ID, reference, "References")
    return [f"In-Reply-To: <{checked}>", f"References: <{checked}>"]


def _unsubscribing(url: str | None) -> list[str]:
    """RFC 2369 and 8058. Never an encoded word: mail programs read the address as it stands."""
    if url is None:
        return []
    fold = "\r\n " if len(url) > LINE - len("List-Unsubscribe: <>") else " "
    address = _checked(_URL, url, "List-Unsubscribe")
    return [f"List-Unsubscribe:{fold}<{address}>", "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]


def _checked(pattern: re.Pattern[str], value: str, what: str) -> str:
    # The value itself stays out of the error: it may be somebody's address.
    if not pattern.fullmatch(value):
        raise ValueError(f"what was given as {what} cannot stand in a header; correct it where it is kept")
    return value
