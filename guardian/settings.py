"""Typed settings, read once from the environment. `guardian doctor` explains each."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from guardian.errors import Refused


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be set. Durations are seconds; `home` holds what the service keeps on disk (mode 0700)."""

    home: Path = Path(".guardian")
    database_url: str | None = None
    migration_database_url: str | None = None
    base_url: str = "http://127.0.0.1:8000"
    operator_name: str = "Guardian demo operator"
    operator_address: str = "1 Example Street, 00-000 Example"
    operator_email: str = "privacy@example.org"
    operator_phone: str = "+48 22 000 00 00"
    complaint_authority: str = "UODO"
    mail_from: str = "guardian@example.org"
    smtp_url: str = "smtp://127.0.0.1:1025"
    smtp_pipelining: str = "auto"
    smtp_connections: int = 8
    smtp_in_doubt: int = 1
    mail_per_second: int = 0
    secret: str = ""
    law_file: Path | None = None
    request_days: int = 14
    reminder_days: tuple[int, ...] = (3, 7, 12)
    confirm_after: int = 24 * 3600
    verify_by_domain: bool = True
    decision_max_age: int = 0
    cool_off: int = 24 * 3600
    purge_brake: int = 200
    roster_max_bytes: int = 400 * 1024 * 1024
    body_max_bytes: int = 1024 * 1024
    web_workers: int = 1
    log_level: str = "INFO"
    demo: bool = False

    def __repr__(self) -> str:
        return f"Settings(home={self.home}, …)"  # secret and URLs hold passwords, and a trace shows locals

    @property
    def https(self) -> bool:
        """Whether the pages are served over https, as people see them."""
        return self.base_url.startswith("https://")

    @property
    def mail_domain(self) -> str:
        """The domain of our own address, used in Message-IDs."""
        return self.mail_from.rpartition("@")[2]


def read(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from `GUARDIAN_*` variables (and `GUARDIAN_SECRET_FILE`). Raises Refused naming the variable."""
    source = os.environ if environ is None else environ
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(Settings):
        raw = source.get(f"GUARDIAN_{field.name.upper()}")
        if raw is None or raw == "":
            continue
        values[field.name] = [part.strip() for part in raw.split(",")] if field.name == "reminder_days" else raw
    secret_file = source.get("GUARDIAN_SECRET_FILE")
    if secret_file:
        values["secret"] = _read_secret(Path(secret_file))
    try:
        settings = msgspec.convert(
            values, Settings, strict=False, dec_hook=lambda kind, value: kind(value) if kind is Path else value
        )
    except msgspec.ValidationError as error:
        name = str(error).rpartition("$.")[2].strip("`").upper()
        raise Refused(
            "setting_invalid",
            "The setting GUARDIAN_%(name)s cannot be read: %(why)s.",
            params={"name": name, "why": str(error).partition(" - ")[0]},
        ) from error
    _check(settings)
    return settings


def _read_secret(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Refused(
            "setting_invalid", "GUARDIAN_SECRET_FILE names a file that cannot be read: %(why)s.",
            params={"why": error.strerror or "unreadable"},
        ) from error  # fmt: skip


_BOUNDS: dict[str, tuple[int, int]] = {
    "smtp_connections": (1, 200),
    "smtp_in_doubt": (1, 200),
    "mail_per_second": (0, 100_000),
    "request_days": (1, 30),  # the cap of the pending clock (16 CFR 312.5(c)(1))
    "decision_max_age": (0, 300),
    "cool_off": (0, 30 * 86_400),
    "purge_brake": (1, 1_000_000),
    "roster_max_bytes": (1_024, 1 << 32),
    "body_max_bytes": (1_024, 1 << 30),
    "web_workers": (1, 256),
}
"""Settings that are numbers, with the least and the most that works."""
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def _check(settings: Settings) -> None:
    for name, (least, most) in _BOUNDS.items():
        if not least <= getattr(settings, name) <= most:
            raise Refused(
                "setting_invalid", "GUARDIAN_%(name)s must lie between %(least)d and %(most)d.",
                params={"name": name.upper(), "least": least, "most": most},
            )  # fmt: skip
    if settings.log_level not in _LEVELS:
        raise Refused("setting_invalid", f"GUARDIAN_LOG_LEVEL must be one of {', '.join(_LEVELS)}.")
    if list(settings.reminder_days) != sorted({day for day in settings.reminder_days if day > 0}):
        raise Refused("setting_invalid", "GUARDIAN_REMINDER_DAYS must be days in rising order, such as 3,7,12.")
    if not all(settings.mail_from.partition("@")):
        raise Refused("setting_invalid", "GUARDIAN_MAIL_FROM must be a mail address, such as guardian@example.org.")
    base = urlsplit(settings.base_url)
    if base.scheme not in {"http", "https"} or not base.hostname or base.query or base.fragment:
        raise Refused("setting_invalid", "GUARDIAN_BASE_URL must be an http:// or https:// address without ? or #.")
    if settings.database_url and urlsplit(settings.database_url).scheme not in {"postgresql", "postgres"}:
        raise Refused("setting_invalid", "GUARDIAN_DATABASE_URL must be a postgresql:// URL; no other kind is spoken.")
    if settings.confirm_after < 3600 and not settings.demo:
        raise Refused("setting_invalid", "GUARDIAN_CONFIRM_AFTER must be at least 3600 seconds (one hour).")


def with_secret(settings: Settings) -> Settings:
    """The settings with a secret: the given one, else one made at first start and kept in the home (mode 0600)."""
    if settings.secret:
        return settings
    path = settings.home / "secret"
    if not path.exists():
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Written whole under another name first: a process that starts at the same time never reads half of it.
        made = path.with_name(f"secret.{secrets.token_hex(8)}")
        descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"a:{secrets.token_urlsafe(48)}\n")
        with contextlib.suppress(FileExistsError):
            os.link(made, path)
        made.unlink()
    return msgspec.structs.replace(settings, secret=_read_secret(path))
