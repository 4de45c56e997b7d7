"""The only writer of staff and of their signed-in browsers."""

from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from guardian.context import Context, Tx
from guardian.staff.address import Address
from guardian.staff.domain import ABSOLUTE, SEEN_EVERY, Present, Staff, StaffSession

_STAFF = "s.id, s.institution, s.email, s.email_key, s.name, s.role, s.language, s.state"


async def lock_address(tx: Tx, key: str) -> None:
    """Let one command at a time act on an address, until the transaction ends."""
    await tx.execute("select pg_advisory_xact_lock(hashtextextended($1, 1))", key)


async def insert(
    context: Context, tx: Tx, address: Address, *, institution: UUID | None, name: str, role: str, language: str
) -> UUID:
    """A new member of staff."""
    staff = context.new_id()
    await tx.execute(
        "insert into staff (id, institution, email, email_key, name, role, language, state, created_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, 'active', $8)",
        staff, institution, address.text, address.key, name, role, language, tx.now,
    )  # fmt: skip
    return staff


async def get(tx: Tx, staff: UUID) -> Staff | None:
    """One member of staff, within what the actor may see."""
    row = await tx.fetchrow(f"select {_STAFF} from staff s where s.id = $1", staff)
    return msgspec.convert(dict(row), Staff) if row else None


async def of_address(tx: Tx, key: str) -> list[Staff]:
    """Everybody active with this address: one person may work at two schools."""
    rows = await tx.fetch(
        f"select {_STAFF} from staff s where s.email_key = $1 and s.state = 'active' order by s.created_at, s.id", key
    )
    return [msgspec.convert(dict(row), Staff) for row in rows]


async def of_institution(tx: Tx, institution: UUID | None) -> list[Staff]:
    """The active staff of an institution, or of the operator (None), oldest first."""
    rows = await tx.fetch(
        f"select {_STAFF} from staff s where s.institution is not distinct from $1 and s.state = 'active' "
        "order by s.created_at, s.id",
        institution,
    )
    return [msgspec.convert(dict(row), Staff) for row in rows]


async def pupil_domains(tx: Tx, institution: UUID) -> list[str] | None:
    """The mail domains of an institution's pupils; nothing when there is no such institution."""
    domains: Any = await tx.fetchval(
        "select pupil_domains from institutions where id = $1 and state <> 'ended'", institution
    )
    return None if domains is None else list(domains)


async def asked_since(tx: Tx, staff: list[UUID], ago: timedelta) -> int:
    """How often a sign-in letter was asked for, for any of these people, within a time."""
    return int(
        await tx.fetchval(
            "select count(distinct subject) from mail_messages where letter = 'staff_sign_in' "
            "and recipient = any($1) and created_at > $2",
            staff, tx.now - ago,
        )
    )  # fmt: skip


async def end(tx: Tx, staff: UUID, institution: UUID | None) -> bool:
    """Mark somebody as gone, erase name and address, close their browsers. `institution` bounds whose staff (None:
    anybody's). The row stays, so that history keeps its meaning.
    """
    ended = await tx.fetchval(
        "update staff set state = 'ended', ended_at = $3, name = null, email = null, email_key = null "
        "where id = $1 and state = 'active' "
        "and ($2::uuid is null or institution = $2) returning id",
        staff, institution, tx.now,
    )  # fmt: skip
    if ended is None:
        return False
    await tx.execute("update staff_sessions set revoked_at = $2 where staff = $1 and revoked_at is null", staff, tx.now)
    return True


async def end_all(tx: Tx, institution: UUID) -> int:
    """The same for everybody of an institution; answers how many were active."""
    rows = await tx.fetch("select id from staff where institution = $1 and state = 'active' order by id", institution)
    return sum([await end(tx, row["id"], institution) for row in rows])


async def insert_session(context: Context, tx: Tx, staff: UUID, token: str) -> UUID:
    """A browser that is signed in from now on; only the hash of its token is kept."""
    session = context.new_id()
    await tx.execute(
        "insert into staff_sessions (id, staff, token_sha256, created_at, last_seen_at, expires_at) "
        "values ($1, $2, $3, $4, $4, $5)",
        session, staff, _hash(token), tx.now, tx.now + ABSOLUTE,
    )  # fmt: skip
    return session


async def find_session(tx: Tx, token: str) -> tuple[StaffSession, Present] | None:
    """The browser with this token and the active person behind it; good or not is for the caller to ask."""
    row = await tx.fetchrow(
        f"select b.id as session, b.last_seen_at, b.expires_at, b.revoked_at, i.name as institution_name, {_STAFF} "
        "from staff_sessions b join staff s on s.id = b.staff left join institutions i on i.id = s.institution "
        "where b.token_sha256 = $1 and s.state = 'active'",
        _hash(token),
    )
    if row is None:
        return None
    session = StaffSession(
        id=row["session"],
        staff=row["id"],
        last_seen_at=row["last_seen_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )
    staff = msgspec.convert({name: row[name] for name in Staff.__struct_fields__}, Staff)
    return session, Present(actor=staff.actor, name=staff.name or "", institution_name=row["institution_name"])


async def seen(tx: Tx, session: UUID) -> None:
    """Note that a browser was used, so that it does not count as idle."""
    await tx.execute(
        "update staff_sessions set last_seen_at = $2 where id = $1 and last_seen_at < $3",
        session, tx.now, tx.now - SEEN_EVERY,
    )  # fmt: skip


async def close_session(tx: Tx, session: UUID) -> bool:
    """Sign a browser out; answers whether it was signed in."""
    return (
        await tx.execute(
            "update staff_sessions set revoked_at = $2 where id = $1 and revoked_at is null", session, tx.now
        )
        == 1
    )


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
