"""Reading who is enrolled: an institution's list of learners, a page at a time."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from guardian.context import Tx
from guardian.errors import Refused
from guardian.i18n import gettext_noop as N_
from guardian.people.domain import Listed, Page

_NAME = "coalesce(l.family_name, '') || ' ' || coalesce(l.given_name, '')"
_SQL = f"""
select l.id, l.platform_id, l.given_name, l.family_name, l.birth_date, e.student_id, e.class_name, l.standing,
    e.missing_since,
    (select count(*) from guardianships k join guardians g on g.id = k.guardian where k.learner = l.id
        and k.ended_at is null and k.authority = 'full' and g.email is not null) as guardians
from enrolments e join learners l on l.id = e.learner
where e.institution = $1 and l.erased_at is null
    and ($2::text is null or coalesce(e.class_name, '') = $2)
    and ($3::text is null or position($3 in lower(concat_ws(' ', l.given_name, l.family_name, l.given_name,
        e.student_id, l.platform_id))) > 0)
    and ($4::uuid is null or ({_NAME}, l.id) > (select {_NAME}, l.id from learners l where l.id = $4))
order by {_NAME}, l.id limit $5
"""


async def page(
    tx: Tx,
    institution: UUID,
    *,
    class_name: str | None = None,
    search: str | None = None,
    after: str | None = None,
    limit: int = 50,
) -> Page:
    """Learners by family name. `search` looks in names, number and platform id; `after` is a page's `next` (a learner's
    id, so that no name stands in an address). An empty `class_name` lists those without a class. Raises Refused.
    """
    try:
        last = UUID(after) if after else None
    except ValueError as error:
        raise Refused(
            "cursor_invalid", N_("This page of the list is not known. Start again from its first page."), where="after"
        ) from error
    wanted = " ".join(search.lower().split()) if search else None
    rows = await tx.fetch(_SQL, institution, class_name, wanted or None, last, limit + 1)
    items = [msgspec.convert(dict(row), Listed) for row in rows[:limit]]
    return Page(items, str(items[-1].id) if len(rows) > limit else None)


async def classes(tx: Tx, institution: UUID) -> Sequence[tuple[str, int]]:
    """Names of classes with how many learners they hold; those without a class under the empty name."""
    rows = await tx.fetch(
        "select coalesce(e.class_name, '') as name, count(*) as size from enrolments e "
        "join learners l on l.id = e.learner where e.institution = $1 and l.erased_at is null group by 1 order by 1",
        institution,
    )
    return [(row["name"], row["size"]) for row in rows]
