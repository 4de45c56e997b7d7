"""How many learners of a roster would be admitted at once: the gate itself is asked about each group that is alike."""

from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from guardian.access import store
from guardian.access.domain import decide
from guardian.access.facts import Authorisation, Enrolment, Facts, Guardian, Learner
from guardian.context import Context, Tx
from guardian.institution import store as institutions
from guardian.institution.domain import Institution
from guardian.roster.domain import Newcomers

_AUTHORISATIONS = """
select id::text, institution::text, state as status, legal_model, scopes, purposes, valid_from, valid_until
from authorisations where institution = $1
"""


async def effect(ctx: Context, tx: Tx, institution: UUID, groups: list[Newcomers]) -> int:  # noqa: ARG001 (the port's shape)
    """How many of these new learners of an institution are admitted the moment the roster is committed."""
    school = await institutions.get(tx, institution)
    if school is None or not groups:
        return 0
    terms = await store.terms(tx.connection, tx.now)
    rows = await tx.fetch(_AUTHORISATIONS, institution)
    acts = tuple(msgspec.convert(dict(row), Authorisation) for row in rows)
    return sum(
        group.count for group in groups if decide(_facts(school, group, acts, terms, tx), tx.now).access == "permit"
    )


def _facts(school: Institution, group: Newcomers, acts: tuple[Authorisation, ...], terms: store.Terms, tx: Tx) -> Facts:
    today = tx.now.astimezone(ZoneInfo(school.timezone)).date()
    guardians = (Guardian(id="new", authority="full", has_channel=group.reachable),) if group.may_answer else ()
    return Facts(
        learner=Learner(
            birth_date=group.birth_date, jurisdictions=(school.jurisdiction,), timezone=school.timezone,
            standing="active",
        ),
        enrolments=(Enrolment(institution=str(school.id), begins_on=today),),
        authorisations=acts, guardians=guardians, consents=(), purposes=terms.purposes, notice=terms.notice,
    )  # fmt: skip
