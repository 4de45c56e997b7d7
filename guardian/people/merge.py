"""Writes a planned roster into learners, enrolments, guardians and guardianships: one set-based statement for each.

The caller's transaction holds these temporary tables (made by `guardian.roster`): `planned` (n, state, learner,
differs), `incoming` (n and a learner's fields), `incoming_guardians` (n, position and a guardian's fields), `ties`
(guardians by row; `guardian` null: see `persons` by key), `persons` (who they are), `contacts` and `relations` (what
changes of them), `touched` (n of known learners that change), `absent` (learners whom the file does not name).
What a file leaves blank changes nothing. A person's decision stays: standing, ended relations, and an authority for
as long as the file's own word about eligibility stays the same.
"""

from datetime import date
from uuid import UUID

import msgspec

from guardian.context import Tx
from guardian.people.domain import AUTHORITY
from guardian.people.row_ids import row_id_sql

_RANDOM = "substring(uuid_send(gen_random_uuid()) from 5 for 12)"
_PLATFORM_ID = f"coalesce(i.platform_id, 'L-' || translate(encode({_RANDOM}, 'base64'), '+/', '-_'))"
_WORTH = " ".join(f"when '{word}' then '{authority}'" for word, authority in AUTHORITY.items())


class School(msgspec.Struct, frozen=True, kw_only=True):
    """What new learners get from their institution. `today` is its local day; `unix_ms` stamps the new ids."""

    id: UUID
    jurisdiction: str
    timezone: str
    language: str
    today: date
    unix_ms: int


async def merge(tx: Tx, school: School) -> None:
    """Write all that is new or changed; the triggers are told that this command touches its learners itself."""
    await tx.execute("select set_config('app.import', 'on', true)")
    await _newcomers(tx, school)
    await _known(tx, school)
    await _guardians(tx, school)
    await tx.execute(
        "select touch_learners(array(select p.learner from touched t join planned p on p.n = t.n union "
        "select w.learner from contacts c join guardianships w on w.guardian = c.guardian))"
    )
    await tx.execute("select set_config('app.import', 'off', true)")


async def mark_missing(tx: Tx, school: School) -> int:
    """Record whom the file no longer names; that alone ends nothing. Answers how many are newly missing."""
    return await tx.execute(
        "update enrolments set missing_since = $2 where institution = $1 and missing_since is null and learner in "
        "(select learner from absent union select learner from planned where state = 'missing')",
        school.id, tx.now,
    )  # fmt: skip


async def _newcomers(tx: Tx, school: School) -> None:
    await tx.execute(
        "insert into learners (id, platform_id, given_name, family_name, birth_date, email, email_key, jurisdictions, "
        f"timezone, language, standing, revision, check_at, created_at) select p.learner, {_PLATFORM_ID}, i.given, "
        "i.family, i.birth, i.email, i.email_key, array[$1::text], $2, coalesce(i.language, $3), 'active', 1, "
        "'-infinity', $4 from planned p join incoming i on i.n = p.n where p.state = 'new'",
        school.jurisdiction, school.timezone, school.language, tx.now,
    )  # fmt: skip
    await tx.execute(
        "insert into enrolments (id, learner, institution, student_id, class_name, begins_on, created_at) "
        f"select {row_id_sql('p.n', 2, school.unix_ms)}, p.learner, $1, i.student_id, i.class_name, $2, $3 "
        "from planned p join incoming i on i.n = p.n where p.state = 'new'",
        school.id, school.today, tx.now,
    )  # fmt: skip


async def _known(tx: Tx, school: School) -> None:
    changing = "from planned p join incoming i on i.n = p.n where p.state = 'known' and p.differs"
    await tx.execute(
        "update learners l set given_name = coalesce(i.given, given_name), "
        "family_name = coalesce(i.family, family_name), "
        "birth_date = coalesce(i.birth, birth_date), email = coalesce(i.email, l.email), "
        f"email_key = coalesce(i.email_key, l.email_key) {changing} and l.id = p.learner"
    )
    await tx.execute(
        "update enrolments e set student_id = coalesce(i.student_id, e.student_id), "
        "class_name = coalesce(i.class_name, e.class_name), missing_since = null, "
        f"ends_on = case when ends_on < $2 then null else ends_on end {changing} "
        "and e.learner = p.learner and e.institution = $1",
        school.id, school.today,
    )  # fmt: skip


async def _guardians(tx: Tx, school: School) -> None:
    await tx.execute(
        "insert into guardians (id, institution, name, email, email_key, phone, language, created_at) "
        "select p.guardian, $1, g.name, g.email, g.email_key, g.phone, coalesce(g.language, $2), $3 "
        "from persons p join incoming_guardians g on g.n = p.n and g.position = p.position where p.is_new",
        school.id, school.language, tx.now,
    )  # fmt: skip
    await tx.execute(
        "insert into guardianships (id, learner, guardian, relationship, authority, eligible, position, created_at) "
        f"select {row_id_sql('(row_number() over ())', 3, school.unix_ms)}, t.learner, p.guardian, t.relationship, "
        f"case t.eligible {_WORTH} end, t.eligible, t.position, $1 "
        "from ties t join persons p on p.key = t.key where t.guardian is null "
        "on conflict (learner, guardian) do nothing",
        tx.now,
    )
    await tx.execute(
        "update guardians x set name = coalesce(x.name, g.name), phone = coalesce(g.phone, x.phone), "
        "email = coalesce(x.email, g.email), email_key = coalesce(x.email_key, g.email_key) "
        "from contacts c join incoming_guardians g on g.n = c.n and g.position = c.position where x.id = c.guardian"
    )
    await tx.execute(
        "update guardianships w set relationship = case r.relationship when 'unknown' then w.relationship "
        "else r.relationship end, authority = case w.eligible when r.eligible then w.authority else r.authority end, "
        "eligible = r.eligible from relations r where w.learner = r.learner and w.guardian = r.guardian "
        "and w.ended_at is null"
    )
