"""All pages of the console in one table."""

from typing import Any

from guardian.console import (
    admin_approval,
    admin_audit,
    admin_authorisations,
    admin_certificate,
    admin_clients,
    admin_flags,
    admin_holds,
    admin_institutions,
    admin_learner,
    admin_overview,
    admin_purges,
    front,
    school_authorisations,
    school_learner,
    school_learners,
    school_overview,
    school_plan,
    school_rosters,
    school_signature,
    script,
)  # fmt: skip

ROUTES: list[Any] = [
    *front.ROUTES,
    *script.ROUTES,
    *school_overview.ROUTES,
    *school_learners.ROUTES,
    *school_learner.ROUTES,
    *school_authorisations.ROUTES,
    *school_signature.ROUTES,
    *school_rosters.ROUTES,
    *school_plan.ROUTES,
    *admin_overview.ROUTES,
    *admin_flags.ROUTES,
    *admin_learner.ROUTES,
    *admin_purges.ROUTES,
    *admin_approval.ROUTES,
    *admin_certificate.ROUTES,
    *admin_holds.ROUTES,
    *admin_institutions.ROUTES,
    *admin_authorisations.ROUTES,
    *admin_clients.ROUTES,
    *admin_audit.ROUTES,
]
