"""Checks a deployment. Each check says what it found, and when it fails, how to mend it."""

import asyncio
import smtplib
import ssl
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Literal

import asyncpg
import msgspec

from guardian.access.reasons import REASONS, sentence
from guardian.audit import store as audit
from guardian.context import Context
from guardian.db.migrate import expected, names
from guardian.errors import GuardianError
from guardian.events import SYSTEM
from guardian.i18n import LANGUAGES
from guardian.jobs import parked
from guardian.mail.mime import unstructured
from guardian.mail.smtp_settings import SmtpSettings
from guardian.purge.drift import differences, summary

_COMPARED = 20_000
"""How many learners the doctor compares, the flagged ones first; the sweep compares all of them once a day."""

Verdict = Literal["ok", "warning", "failed"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found. `remedy` says what to do; empty when nothing is wrong."""

    name: str
    verdict: Verdict
    found: str
    remedy: str = ""


async def examine(ctx: Context) -> list[Finding]:
    """Run every check; one that cannot run is a finding, too."""
    findings = []
    for name, check in CHECKS.items():
        try:
            findings.append(await check(ctx, name))
        except (GuardianError, OSError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            broke = f"the check broke off ({type(error).__name__})"
            remedy = "Mend what the other checks name first, then run the doctor again."
            findings.append(Finding(name=name, verdict="failed", found=broke, remedy=remedy))
    return findings


async def _database(ctx: Context, name: str) -> Finding:
    async with ctx.transaction(SYSTEM) as tx:
        number = int(await tx.fetchval("select current_setting('server_version_num')"))
        row = await tx.fetchrow("select rolsuper or rolbypassrls as above from pg_roles where rolname = current_user")
    version = f"PostgreSQL {number // 10_000}.{number % 10_000}"
    if number < 150_000:
        return Finding(name=name, verdict="failed", found=version, remedy="Use PostgreSQL 15 or later.")
    if row is None or row["above"]:
        return Finding(
            name=name, verdict="failed", found=f"{version}, connected as a role above row-level security",
            remedy="Connect as a role that is neither superuser nor BYPASSRLS; see docs/production.md.",
        )  # fmt: skip
    return Finding(name=name, verdict="ok", found=f"{version}, row-level security binds the service's role")


async def _schema(ctx: Context, name: str) -> Finding:
    async with ctx.engine.connections.acquire() as connection:
        missing = len(expected() - await names(connection))
    if missing:
        return Finding(name=name, verdict="failed", found=f"{missing} migrations are missing",
                       remedy="Run `guardian migrate`.")  # fmt: skip
    return Finding(name=name, verdict="ok", found="up to date")


async def _isolation(ctx: Context, name: str) -> Finding:
    async with ctx.engine.connections.acquire() as connection:
        seen = await connection.fetchval("select exists (select 1 from learners)")
        off = await connection.fetchval(
            "select count(*) from pg_class where oid in (select polrelid from pg_policy) "
            "and not (relrowsecurity and relforcerowsecurity)"
        )
    if off:
        return Finding(name=name, verdict="failed", found=f"row-level security is off for {off} tables",
                       remedy="Restore it from a backup's schema; until then stop the service.")  # fmt: skip
    if seen:
        return Finding(name=name, verdict="failed", found="a connection without a scope sees learners",
                       remedy="Row-level security is off: run `guardian migrate`, then check the role.")  # fmt: skip
    return Finding(name=name, verdict="ok", found="a connection without a scope sees nobody")


async def _history(ctx: Context, name: str) -> Finding:
    async with ctx.transaction(SYSTEM) as tx:
        held, broken = await audit.check(tx)
    if broken:
        return Finding(
            name=name, verdict="failed", found=f"entry {broken.seq} does not hold ({broken.why})",
            remedy="Keep the database as it is and compare it with a backup; see docs/operations.md.",
        )  # fmt: skip
    return Finding(name=name, verdict="ok", found=f"{held} entries, all intact")


async def _mail(ctx: Context, name: str) -> Finding:
    smtp = SmtpSettings.from_url(ctx.settings.smtp_url)

    def greet() -> None:
        if smtp.security == "tls":
            context = ssl.create_default_context()
            with smtplib.SMTP_SSL(smtp.host, smtp.port, timeout=10, context=context) as server:
                server.ehlo()
            return
        with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as server:
            server.ehlo()
            if smtp.security == "starttls":
                server.starttls(context=ssl.create_default_context())

    try:
        await asyncio.to_thread(greet)
    except (OSError, smtplib.SMTPException) as error:
        return Finding(
            name=name, verdict="failed", found=f"the mail server does not answer ({type(error).__name__})",
            remedy="Check GUARDIAN_SMTP_URL and that the server runs; letters wait in the queue meanwhile.",
        )  # fmt: skip
    return Finding(name=name, verdict="ok", found=f"answers on port {smtp.port}")


async def _queue(ctx: Context, name: str) -> Finding:
    async with ctx.transaction(SYSTEM) as tx:
        row = await tx.fetchrow(
            # A letter that could not be handed over is put off for a while, with the reason: it waits all the same.
            "select count(*) as waiting, min(case when code is null then not_before else created_at end) as oldest "
            "from mail_messages where state in ('queued', 'sending', 'unknown') "
            "and (not_before <= $1 or code is not null)",
            tx.now,
        )
    assert row is not None
    if row["waiting"] and ctx.clock.now() - row["oldest"] > timedelta(hours=1):
        return Finding(name=name, verdict="warning", found=f"{row['waiting']} letters wait, the oldest over an hour",
                       remedy="Check that `guardian work` runs, and the mail server.")  # fmt: skip
    return Finding(name=name, verdict="ok", found=f"{row['waiting']} letters wait")


async def _jobs(ctx: Context, name: str) -> Finding:
    async with ctx.transaction(SYSTEM) as tx:
        found = await parked(tx)
    if found:
        named = ", ".join(f"{count} of {kind}" for kind, count in found.items())
        return Finding(
            name=name, verdict="warning", found=f"jobs were given up: {named}",
            remedy="The log says why (job.failed). Mend it, then put them back; see docs/operations.md.",
        )  # fmt: skip
    return Finding(name=name, verdict="ok", found="no job was given up")


async def _sweep(ctx: Context, name: str) -> Finding:
    async with ctx.transaction(SYSTEM) as tx:
        last = await tx.fetchval("select max(finished_at) from sweeps")
        people = await tx.fetchval("select exists (select 1 from learners where check_at is not null)")
    if last is None and not people:
        return Finding(name=name, verdict="ok", found="nothing to sweep yet")
    if last is None or ctx.clock.now() - last > timedelta(hours=48):
        return Finding(name=name, verdict="failed", found="no sweep has finished for 48 hours",
                       remedy="Check that `guardian work` runs; what is due is not being purged.")  # fmt: skip
    return Finding(name=name, verdict="ok", found=f"last finished {last:%Y-%m-%d %H:%M} UTC")


async def _drift(ctx: Context, name: str) -> Finding:
    """Flags, purges, letters and the sweep's own calendar compared with what `decide` says now."""
    found = await differences(ctx, most=_COMPARED)
    if found:
        return Finding(name=name, verdict="failed", found=summary(found),
                       remedy="Run `guardian sweep`; if it stays, report it with the ids.")  # fmt: skip
    return Finding(
        name=name, verdict="ok", found="flags, purges, letters and the sweep's calendar agree with the decisions"
    )


async def _headers(_: Context, name: str) -> Finding:
    """Whether a hostile display name can break out of a mail header on this Python (MAIL section 1.3, H1)."""
    hostile = unstructured("=?utf-8?q?=0D=0ABcc:_x=40example.org?=\r\nBcc: y@example.org", 9)
    if "\r\nBcc" in hostile or "\nBcc" in hostile:
        return Finding(name=name, verdict="failed", found="a name can add a mail header",
                       remedy="Stop sending and report it: this is a defect.")  # fmt: skip
    return Finding(name=name, verdict="ok", found="names cannot add mail headers")


async def _languages(_: Context, name: str) -> Finding:
    others = [language for language in LANGUAGES if language != "en"]
    missing = [code for code in REASONS for other in others if sentence(code, other) == sentence(code, "en")]
    if missing:
        return Finding(name=name, verdict="failed", found=f"{len(missing)} sentences are not translated",
                       remedy="Reinstall this release: its files are not whole.")  # fmt: skip
    return Finding(name=name, verdict="ok", found=f"every reason has its sentence in {', '.join(LANGUAGES)}")


Check = Callable[[Context, str], Awaitable[Finding]]
CHECKS: dict[str, Check] = {
    "database": _database,
    "schema": _schema,
    "isolation": _isolation,
    "history": _history,
    "mail_server": _mail,
    "mail_queue": _queue,
    "mail_headers": _headers,
    "jobs": _jobs,
    "sweep": _sweep,
    "drift": _drift,
    "texts": _languages,
}
