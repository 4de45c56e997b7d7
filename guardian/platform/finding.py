"""Finding learners' platform ids for a client. Names are never sent to a platform that only asks."""

from typing import Any
from uuid import UUID

from guardian.context import Context
from guardian.errors import NotFound
from guardian.events import Actor
from guardian.i18n import gettext_noop as N_

_FIND = """
select l.platform_id, e.student_id from enrolments e join learners l on l.id = e.learner
where e.institution = $1 and l.platform_id is not null and ($2::text is null or e.student_id = $2)
  and ($3::text is null or l.platform_id > $3)
order by l.platform_id limit $4
"""


async def platform_ids(
    ctx: Context, actor: Actor, institution: UUID, *, student_id: str | None, after: str | None, limit: int
) -> dict[str, Any]:
    """An institution's learners as `{items: [{platform_id, student_id}], next}`. Raises NotFound."""
    async with ctx.transaction(actor) as tx:
        if not await tx.fetchval("select true from institutions where id = $1", institution):
            raise NotFound("unknown_institution", N_("There is no such institution. Check its id."))
        rows = await tx.fetch(_FIND, institution, student_id, after, limit + 1)
    items = [{"platform_id": row["platform_id"], "student_id": row["student_id"]} for row in rows[:limit]]
    return {"items": items, "next": items[-1]["platform_id"] if len(rows) > limit else None}
