"""No password and no letter in clear where encryption was asked for; certificates are checked (MAIL section 6, 43)."""

import asyncio
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from guardian.errors import Refused
from guardian.mail.sink import Received
from guardian.mail.transport import Pool, SmtpSettings

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")
BODY = b"Subject: x\r\n\r\nhello\r\n"
SECRET = "p%40ss:word"


class Certificate(NamedTuple):
    """Files of a certificate for 127.0.0.1 and its key, signed by itself."""

    file: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.file, self.key)
        return context


def certificate(folder: Path, *, days: int = 2, host: str = "127.0.0.1") -> Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "made for a test")])
    now = datetime.now(UTC)  # noqa: TID251 (certificates are judged by the real clock)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    found = Certificate(folder / "made.crt", folder / "made.key")
    found.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    found.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return found


class Relay(Controller):
    """aiosmtpd that wants a password; keeps what came, and whether each password came encrypted."""

    def __init__(self, found: Certificate | None, *, encrypted: str) -> None:
        self.came: list[Received] = []
        self.logins: list[tuple[bool, str]] = []
        self._offer = found.context() if found and encrypted == "starttls" else None
        self._lock = threading.Lock()
        super().__init__(
            self, hostname="127.0.0.1", port=_free_port(),
            ssl_context=found.context() if found and encrypted == "tls" else None,
        )  # fmt: skip

    def factory(self) -> SMTP:
        return SMTP(
            self, tls_context=self._offer, authenticator=self._check, auth_require_tls=False, auth_required=True
        )

    def _check(self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        secret = data.password.decode() if isinstance(data, LoginPassword) else ""
        with self._lock:
            self.logins.append((session.ssl is not None or self.ssl_context is not None, secret))
        return AuthResult(success=secret == "p@ss:word")

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        self.came.append(Received(envelope.original_content, envelope.rcpt_tos[0]))
        return "250 2.0.0 Ok: queued as RELAY1"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def made(tmp_path: Path) -> Certificate:
    return certificate(tmp_path)


def running(relay: Relay) -> Iterator[Relay]:
    relay.start()
    yield relay
    relay.stop()


@pytest.fixture
def starttls(made: Certificate) -> Iterator[Relay]:
    yield from running(Relay(made, encrypted="starttls"))


@pytest.fixture
def tls(made: Certificate) -> Iterator[Relay]:
    yield from running(Relay(made, encrypted="tls"))


@pytest.fixture
def clear() -> Iterator[Relay]:
    yield from running(Relay(None, encrypted="no"))


async def sent(url: str, count: int = 1) -> list[tuple[str, str]]:
    pool = Pool(msgspec.structs.replace(SmtpSettings.from_url(url), envelope_timeout=5.0))
    calls = [pool.send("guardian@example.org", f"n{number}@example.com", BODY) for number in range(count)]
    outcomes = await asyncio.gather(*calls)
    await pool.close()
    return [(one.kind, one.phase) for one in outcomes]


async def test_starttls_then_the_password_then_the_letters(starttls: Relay, made: Certificate) -> None:
    url = f"smtp+starttls://me:{SECRET}@127.0.0.1:{starttls.port}?ca={made.file}"
    assert await sent(url, 5) == [("accepted", "final")] * 5
    assert set(starttls.logins) == {(True, "p@ss:word")}
    assert [one.raw for one in starttls.came] == [BODY] * 5


async def test_tls_from_the_start(tls: Relay, made: Certificate) -> None:
    assert await sent(f"smtps://me:{SECRET}@127.0.0.1:{tls.port}?ca={made.file}", 2) == [("accepted", "final")] * 2


async def test_a_server_without_starttls_gets_nothing(clear: Relay) -> None:
    assert await sent(f"smtp+starttls://me:{SECRET}@127.0.0.1:{clear.port}") == [("pool_down", "connect")]
    assert not clear.logins
    assert not clear.came


@pytest.mark.parametrize(
    ("days", "host", "trusted"),
    [(2, "127.0.0.1", False), (-1, "127.0.0.1", True), (2, "127.0.0.9", True)],
    ids=["unknown issuer", "expired", "another host"],
)
@pytest.mark.parametrize("scheme", ["smtp+starttls", "smtps"])
async def test_a_bad_certificate_gets_nothing(scheme: str, days: int, host: str, trusted: bool, tmp_path: Path) -> None:
    bad = certificate(tmp_path, days=days, host=host)
    for relay in running(Relay(bad, encrypted="starttls" if scheme == "smtp+starttls" else "tls")):
        suffix = f"?ca={bad.file}" if trusted else ""
        assert await sent(f"{scheme}://me:{SECRET}@127.0.0.1:{relay.port}{suffix}") == [("pool_down", "connect")]
        assert not relay.logins
        assert not relay.came


async def test_a_wrong_password_pauses_the_pool(starttls: Relay, made: Certificate) -> None:
    url = f"smtp+starttls://me:wrong@127.0.0.1:{starttls.port}?ca={made.file}"
    assert await sent(url, 20) == [("pool_down", "connect")] * 20
    assert starttls.came == []


@pytest.mark.parametrize(
    "url",
    ["smtp://me:hush@127.0.0.1", "http://127.0.0.1", "127.0.0.1:25", "smtp://", "smtp://h:x", "smtp://h/path",
     "smtp://h?ca=/nowhere.pem", "smtps://me:hush@h?starttls=no", "", "smtp://h:99999"],
)  # fmt: skip
def test_a_setting_that_cannot_hold_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(Refused) as caught:
        SmtpSettings.from_url(url)
    assert caught.value.code == "setting_invalid"
    assert "hush" not in str(caught.value)


def test_settings_show_no_password() -> None:
    settings = SmtpSettings.from_url("smtps://me:hush@mail.example.org")
    assert (settings.port, settings.password) == (465, "hush")
    assert "hush" not in repr(settings)
    assert "hush" not in f"{settings}"
