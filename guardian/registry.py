"""The tables of the house: routes, jobs, letters, sweeps, and the ports that a lower room takes from a higher one."""

from collections.abc import Awaitable, Callable
from typing import Any

from guardian.access import newcomers
from guardian.access.law_note import note_law
from guardian.authorisation import lapse, renewal
from guardian.authorisation import letters as authorisation_letters
from guardian.authorisation import pages as authorisation_pages
from guardian.consent import asking, chasing, returned_letters
from guardian.consent import letters as consent_letters
from guardian.consent import pages as consent_pages
from guardian.console import pages as console_pages
from guardian.context import Context
from guardian.events import SYSTEM
from guardian.handover import announcing
from guardian.handover import letters as handover_letters
from guardian.handover import pages as handover_pages
from guardian.jobs import Handler, Job
from guardian.mail.composing import Accepted, Composer
from guardian.notice import pages as notice_pages
from guardian.people.jobs import AddressCorrected, AskGuardians
from guardian.platform import repeats
from guardian.platform import routes as platform_routes
from guardian.platform.auth import client_of
from guardian.purge.execution import RunPurge
from guardian.purge.execution import run as run_purge
from guardian.roster import erasure as roster_erasure
from guardian.roster import routes as roster_routes
from guardian.roster import working
from guardian.roster.jobs import CommitRoster, PlanRoster
from guardian.staff import letters as staff_letters
from guardian.staff import pages as staff_pages


async def _lapse(ctx: Context) -> int:
    return await lapse.expire_due(ctx, SYSTEM)


async def _erase_ended(ctx: Context) -> int:
    erased = 0
    while await lapse.erase_ended(ctx, SYSTEM):
        erased += 1
    return erased


async def _remind_of_renewal(ctx: Context) -> int:
    return await renewal.remind_due(ctx, SYSTEM)


ROUTES: list[Any] = [
    *notice_pages.ROUTES,
    *staff_pages.ROUTES,
    *authorisation_pages.ROUTES,
    *consent_pages.ROUTES,
    *platform_routes.ROUTES,
    *roster_routes.ROUTES,
    *handover_pages.ROUTES,
    *console_pages.ROUTES,
]
JOBS: dict[type[Job], Handler] = {
    AskGuardians: asking.ask_guardians,
    AddressCorrected: asking.address_corrected,
    RunPurge: run_purge,
    PlanRoster: working.plan_roster,
    CommitRoster: working.commit_roster,
}
COMPOSERS: dict[str, Composer] = {
    **staff_letters.COMPOSERS,
    **authorisation_letters.COMPOSERS,
    **consent_letters.COMPOSERS,
    **handover_letters.COMPOSERS,
}
ACCEPTED: dict[str, Accepted] = {
    **staff_letters.ACCEPTED,
    **authorisation_letters.ACCEPTED,
    **consent_letters.ACCEPTED,
    **handover_letters.ACCEPTED,
}
BOUNCED: dict[str, Accepted] = {**returned_letters.BOUNCED}
SWEEPS: dict[str, Callable[[Context], Awaitable[int]]] = {
    "law_changed": note_law,
    "authorisations_expired": _lapse,
    "renewals_reminded": _remind_of_renewal,
    "requests_expired": chasing.expire_due,
    "reminders": chasing.remind_due,
    "institutions_erased": _erase_ended,
    "age_ups_announced": announcing.announce_due,
    "uploads_erased": roster_erasure.erase_old_uploads,
    "repeats_forgotten": repeats.forget_old,
}
PORTS: dict[str, Callable[..., Any]] = {
    "notice.published": asking.notice_published,
    "client_of": client_of,
    "once": repeats.once,
    "effect": newcomers.effect,
}
"""What a lower room may not import, under the name by which it asks for it."""
