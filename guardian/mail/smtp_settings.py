"""Where letters are handed over, read from one URL; never credentials in clear, never a silent fall back from TLS."""

import socket
import ssl
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from guardian.errors import Refused
from guardian.i18n import gettext_noop as N_

Security = Literal["plain", "starttls", "tls"]
_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp": ("plain", 25),
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
}


class SmtpSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The server and how it is used. Times are seconds.

    `connections`: at most so many at once (D3) · `max_messages`, `max_age`: then QUIT and a new one (D2) ·
    `envelope_timeout`: to connect, and for MAIL, RCPT and DATA together; `final_timeout`: for the reply after the
    last dot · `per_second`: a ceiling on messages, 0 for none · `helo`: our name in EHLO · `ca`: a file of
    certificates to trust instead of the system's.
    """

    host: str
    port: int
    security: Security = "plain"
    username: str | None = None
    password: str | None = None
    helo: str = ""
    ca: str | None = None
    connections: int = 8
    pipelining: Literal["auto", "off"] = "auto"
    max_messages: int = 100
    max_age: float = 60.0
    envelope_timeout: float = 60.0
    final_timeout: float = 120.0
    per_second: float = 0.0

    def __repr__(self) -> str:
        """Without the password."""
        return f"SmtpSettings({self.host}:{self.port}, {self.security}, {self.connections} connections)"

    @classmethod
    def from_url(
        cls, url: str, *, connections: int = 8, pipelining: str = "auto", per_second: float = 0.0
    ) -> "SmtpSettings":
        """Read `smtp://host:port`, `smtp+starttls://user:password@host:port` or `smtps://…`.

        `?helo=NAME` and `?ca=FILE` may follow. Raises Refused `setting_invalid`, which never quotes the URL: it
        may hold a password.
        """
        try:
            parts = urlsplit(url)
            port, host = parts.port, parts.hostname
        except ValueError as error:
            raise _refused(N_("GUARDIAN_SMTP_URL cannot be read. Write it like smtp://host:port.")) from error
        if parts.scheme not in _SCHEMES or not host or parts.path not in {"", "/"}:
            raise _refused(N_("GUARDIAN_SMTP_URL must look like smtp://host:port, smtp+starttls://… or smtps://…."))
        security, default_port = _SCHEMES[parts.scheme]
        if parts.username is not None and security == "plain":
            raise _refused(
                N_(
                    "GUARDIAN_SMTP_URL holds a password for an unencrypted connection. Use smtp+starttls:// or smtps://."
                )
            )
        if pipelining not in {"auto", "off"} or not 1 <= connections <= 100:
            raise _refused(N_("GUARDIAN_SMTP_PIPELINING must be auto or off, and GUARDIAN_SMTP_CONNECTIONS 1 to 100."))
        options = dict(parse_qsl(parts.query))
        ca = options.pop("ca", None)
        helo = options.pop("helo", "")
        if options or (ca is not None and not Path(ca).is_file()):
            raise _refused(
                N_("After the ? in GUARDIAN_SMTP_URL only helo=NAME and ca=FILE may stand. FILE must exist.")
            )
        return cls(
            host=host,
            port=port or default_port,
            security=security,
            username=unquote(parts.username) if parts.username is not None else None,
            password=unquote(parts.password) if parts.password is not None else None,
            helo=helo or own_name(),
            ca=ca,
            connections=connections,
            pipelining="off" if pipelining == "off" else "auto",
            per_second=per_second,
        )

    def tls_context(self) -> ssl.SSLContext | None:
        """Certificates are always checked."""
        return None if self.security == "plain" else ssl.create_default_context(cafile=self.ca)


def own_name() -> str:
    """Our name for EHLO: the machine's if it is a whole one, else an address literal (RFC 5321 4.1.4)."""
    name = socket.gethostname()
    return name if "." in name.strip(".") and name.isascii() else "[127.0.0.1]"


def _refused(message: str) -> Refused:
    return Refused("setting_invalid", message, where="GUARDIAN_SMTP_URL")
