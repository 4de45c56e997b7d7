"""Writes a planned roster into learners, enrolments, guardians and guardianships: one set-based statement for each.

The caller's transaction holds these temporary tables (made by `guardian.roster`): `incoming` (n and a learner's
fields), `known` (n of rows that are a stored learner, whether they differ), `exceptional` (n of rows that are not
written), `incoming_guardians` (turn and a guardian's fields), `links` (guardians of known learners, whether they or the
relation differ), `fresh` (guardians to relate, whether the row makes them), `contacts` and `relations` (what changes of
guardians), `touched` (n of known learners that change), `absent` (learners whom the file does not name) and
`incoming_codes` (rows of which something is said). What a file leaves blank changes nothing. A person's decision stays:
standing, ended relations, and an authority for as long as the file's own word about eligibility stays the same.
"""

from datetime import date
from uuid import UUID

import msgspec

from guardian.context import Tx
from guardian.people.domain import AUTHORITY
from guardian.people.row_ids import RowIds

# 90 random bits, behind four digits that rise with the file so that the index grows in one place at a time.
_RANDOM = "translate(encode(substring(uuid_send(gen_random_uuid()) from 5 for 12), 'base64'), '+/', '-_')"
_PLATFORM_ID = f"coalesce(i.platform_id, 'L-' || lpad(to_hex((i.n >> 6) & 65535), 4, '0') || {_RANDOM})"
_WORTH = " ".join(f"when '{word}' then '{authority}'" for word, authority in AUTHORITY.items())
_NEW = (
    "from incoming i where not exists (select 1 from known k where k.n = i.n) "
    "and not exists (select 1 from exceptional e where e.n = i.n)"
)
_MARK_IF_MADE = "case when not exists (select 1 from fresh f where f.n = i.n and not f.makes) then i.mark end"
_CHANGING = "from known k join incoming i on i.n = k.n where k.differs"


class School(msgspec.Struct, frozen=True, kw_only=True):
    """What new learners get from their institution. `today` is its local day; the bases make the new ids."""

    id: UUID
    jurisdiction: str
    timezone: str
    language: str
    today: date
    learners: RowIds
    enrolments: RowIds
    guardianships: RowIds


async def merge(tx: Tx, school: School, *, as_marked: bool = False) -> None:
    """Write all that is new or changed; the triggers are told that this command touches its learners itself.

    `as_marked`: a marked row's guardian is certain to be made from a row that says the same of them.
    """
    await tx.execute("select set_config('app.import', 'on', true)")
    await _newcomers(tx, school, as_marked=as_marked)
    known = await tx.fetchval("select exists (select 1 from known)")
    if known:
        await _known(tx, school)
    await _guardians(tx, school)
    await _relations(tx, school)
    if known:
        await _changes(tx)
        await tx.execute(
            "select touch_learners(array(select k.learner from touched t join known k on k.n = t.n union "
            "select w.learner from contacts c join guardianships w on w.guardian = c.guardian))"
        )
        await _marks(tx, school)
    await tx.execute("select set_config('app.import', 'off', true)")


async def mark_missing(tx: Tx, institution: UUID) -> int:
    """Record whom the file no longer names; that alone ends nothing. Answers how many are newly missing."""
    return await tx.execute(
        "update enrolments set missing_since = $2 where institution = $1 and missing_since is null and learner in "
        "(select learner from absent union select learner from exceptional where state = 'missing')",
        institution, tx.now,
    )  # fmt: skip


async def _newcomers(tx: Tx, school: School, *, as_marked: bool) -> None:
    mark = "i.mark" if as_marked else _MARK_IF_MADE
    await tx.execute(
        "insert into learners (id, platform_id, given_name, family_name, birth_date, email, email_key, jurisdictions, "
        f"timezone, language, standing, revision, check_at, created_at) select {school.learners.sql('i.n')}, "
        f"{_PLATFORM_ID}, i.given, i.family, i.birth, i.email, i.email_key, array[$1::text], $2, "
        f"coalesce(i.language, $3), 'active', 1, '-infinity', $4 {_NEW}",
        school.jurisdiction, school.timezone, school.language, tx.now,
    )  # fmt: skip
    await tx.execute(
        "insert into enrolments (id, learner, institution, student_id, class_name, begins_on, created_at, mark) select "
        f"{school.enrolments.sql('i.n')}, {school.learners.sql('i.n')}, $1, i.student_id, i.class_name, $2, $3, {mark} "
        f"{_NEW}",
        school.id, school.today, tx.now,
    )  # fmt: skip


async def _known(tx: Tx, school: School) -> None:
    await tx.execute(
        "update learners l set given_name = coalesce(i.given, given_name), "
        "family_name = coalesce(i.family, family_name), birth_date = coalesce(i.birth, birth_date), "
        "email = coalesce(i.email, l.email), email_key = coalesce(i.email_key, l.email_key) "
        f"{_CHANGING} and l.id = k.learner"
    )
    await tx.execute(
        "update enrolments e set student_id = coalesce(i.student_id, e.student_id), "
        "class_name = coalesce(i.class_name, e.class_name), missing_since = null, "
        f"ends_on = case when ends_on < $2 then null else ends_on end {_CHANGING} "
        "and e.learner = k.learner and e.institution = $1",
        school.id, school.today,
    )  # fmt: skip


_UNMARK = """
update enrolments e set mark = null where e.mark is not null and e.learner in (
    select k.learner from touched t join known k on k.n = t.n
    union select w.learner from contacts c join guardianships w on w.guardian = c.guardian)
"""
_MARK = """
update enrolments e set mark = i.mark from known k join incoming i on i.n = k.n
where e.learner = k.learner and e.institution = $1 and i.mark is not null and e.mark is distinct from i.mark
    and e.xmin = k.version and not k.differs and k.codes = array[]::text[]
    and not exists (select 1 from touched t where t.n = k.n)
    and not exists (select 1 from incoming_codes c where c.row = i.row)
    and not exists (select 1 from links l where l.n = k.n and (l.differs or l.relation_differs))
    and not exists (select 1 from contacts c join guardianships w on w.guardian = c.guardian
        where w.learner = k.learner)
"""


# What the file says of them is not what stands, and what stands may be dropped.
_UNMARK_CORRECTED = """
update enrolments e set mark = null where e.institution = $1 and e.mark is not null and e.learner in (
    select c.learner from corrections c where c.institution = $1
    union select w.learner from corrections c join guardianships w on w.guardian = c.guardian where c.institution = $1)
"""


async def _marks(tx: Tx, school: School) -> None:
    """Take the marks of learners who changed, and mark those who were read in full and stand as their row says: as long
    as nobody else wrote of them since they were compared.
    """
    await tx.execute(_UNMARK)
    await tx.execute(_MARK, school.id)
    await tx.execute(_UNMARK_CORRECTED, school.id)


async def _guardians(tx: Tx, school: School) -> None:
    await tx.execute(
        "insert into guardians (id, institution, name, email, email_key, phone, language, created_at) "
        "select f.guardian, $1, g.name, g.email, g.email_key, g.phone, coalesce(g.language, $2), $3 "
        "from fresh f join incoming_guardians g on g.turn = f.turn where f.makes",
        school.id, school.language, tx.now,
    )  # fmt: skip


async def _relations(tx: Tx, school: School) -> None:
    # Two rows of one learner may name one stored guardian, and a relation that a person ended stays as it is.
    known = await tx.fetchval("select exists (select 1 from fresh where not makes)")
    await tx.execute(
        "insert into guardianships (id, learner, guardian, relationship, authority, eligible, position, created_at) "
        f"select {school.guardianships.sql('f.turn')}, f.learner, f.guardian, f.relationship, "
        f"case f.eligible {_WORTH} end, f.eligible, f.turn % 64, $1 from fresh f"
        + (" on conflict (learner, guardian) do nothing" if known else ""),
        tx.now,
    )


async def _changes(tx: Tx) -> None:
    """What known guardians' contacts and relations become."""
    await tx.execute(
        "update guardians x set name = coalesce(x.name, g.name), phone = coalesce(g.phone, x.phone), "
        "email = coalesce(x.email, g.email), email_key = coalesce(x.email_key, g.email_key) "
        "from contacts c join incoming_guardians g on g.turn = c.turn where x.id = c.guardian"
    )
    await tx.execute(
        "update guardianships w set relationship = case r.relationship when 'unknown' then w.relationship "
        "else r.relationship end, authority = case w.eligible when r.eligible then w.authority else r.authority end, "
        "eligible = r.eligible from relations r where w.learner = r.learner and w.guardian = r.guardian "
        "and w.ended_at is null"
    )
