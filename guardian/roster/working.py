"""The worker's part: large rosters that nobody waits for."""

import structlog

from guardian.context import Context
from guardian.errors import Conflict, NotFound, Refused
from guardian.events import SYSTEM
from guardian.roster import service
from guardian.roster.jobs import CommitRoster, PlanRoster

log = structlog.get_logger()


async def plan_roster(ctx: Context, job: PlanRoster) -> None:
    """Plan an upload; one that ended meanwhile, or that can no longer be read, is left as it stands."""
    try:
        await service.make_plan(ctx, SYSTEM, job.upload)
    except (Conflict, NotFound, Refused) as error:
        log.info("roster.plan_dropped", upload=str(job.upload), code=error.code)


async def commit_roster(ctx: Context, job: CommitRoster) -> None:
    """Commit an upload. When its plan is outdated a new one stands to be looked at, and nothing is written."""
    try:
        await service.commit(ctx, SYSTEM, job.upload, confirm_missing=job.confirm_missing)
    except (Conflict, NotFound, Refused) as error:
        log.info("roster.commit_dropped", upload=str(job.upload), code=error.code)
