"""Whether the machine runs: the sweep, the mail queue, the length of the history. Reads only."""

from datetime import datetime

import msgspec

from guardian.context import Tx


class Swept(msgspec.Struct, frozen=True):
    """The newest runs of the sweep: when, and how many learners each looked at (oldest first)."""

    last: datetime | None
    looked_at: list[int]


class Queue(msgspec.Struct, frozen=True):
    """Letters by state, and since when the oldest one that is due waits."""

    states: dict[str, int]
    oldest: datetime | None


async def sweeps(tx: Tx, runs: int = 30) -> Swept:
    """The last runs of the sweep."""
    rows = await tx.fetch(
        "select coalesce(finished_at, at) as at, coalesce((counts->>'learners')::int, 0) as looked_at "
        "from sweeps order by at desc limit $1",
        runs,
    )
    return Swept(rows[0]["at"] if rows else None, [row["looked_at"] for row in reversed(rows)])


async def mail_queue(tx: Tx) -> Queue:
    """Letters of the last 30 days by state, and the oldest that should have left."""
    rows = await tx.fetch(
        "select state, count(*) as number, min(case when code is null then not_before else created_at end) "
        "filter (where state in ('queued', 'sending', 'unknown') and (not_before <= $1 or code is not null)) as oldest "
        "from mail_messages where created_at > $1 - interval '30 days' group by state",
        tx.now,
    )
    oldest = [row["oldest"] for row in rows if row["oldest"]]
    return Queue({row["state"]: row["number"] for row in rows}, min(oldest, default=None))


async def letters_per_day(tx: Tx, days: int = 14) -> list[int]:
    """Letters that a mail server took on each of the last days (24 hours each), oldest first."""
    rows = await tx.fetch(
        "select floor(extract(epoch from $1 - accepted_at) / 86400)::int as ago, count(*) as number "
        "from mail_messages where accepted_at > $1 - make_interval(days => $2) group by 1",
        tx.now, days,
    )  # fmt: skip
    found = {row["ago"]: row["number"] for row in rows}
    return [found.get(ago, 0) for ago in reversed(range(days))]


async def history_size(tx: Tx) -> int:
    """How many entries the history has."""
    return int(await tx.fetchval("select coalesce(max(seq), 0) from audit"))
