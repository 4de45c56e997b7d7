"""When a blocked learner's data is due to be purged: derived from the block and its clocks (LAW section 4).

Several clocks: the earliest counts. Codes without a clock (a report, a held identity) wait for a person. A hold stops
the purge, never the block.
"""

from datetime import datetime, timedelta

import msgspec

from guardian.access.decision import Decision
from guardian.access.facts import Consent, Facts
from guardian.jurisdiction.clocks import Clocks

NO_AUTHORISATION = frozenset({
    "no_institution", "authorisation_missing", "authorisation_unsigned", "scope_use_missing", "scope_collect_missing",
    "legal_model_not_allowed", "purpose_not_authorised",
})  # fmt: skip
LAPSE_OR_EXIT = frozenset({
    "left_institution", "authorisation_expired", "authorisation_revoked", "authorisation_suspended",
})  # fmt: skip
UNASKABLE = frozenset({"no_guardian", "no_guardian_channel"})
WAITING = frozenset({
    "consent_missing", "consent_void", "consent_expired", "consent_stale", "method_too_weak", "assent_missing",
})  # fmt: skip
REFUSED_BY_GUARDIAN = frozenset({"consent_declined", "consent_withdrawn", "consent_revoked", "guardians_disagree"})
REFUSED = REFUSED_BY_GUARDIAN | {"assent_declined"}
_NO = frozenset({"declined", "withdrawn", "revoked"})


class Due(msgspec.Struct, frozen=True):
    """The instant (UTC) from which a purge may run, and the clock that says so."""

    at: datetime
    cause: str


def due(
    decision: Decision,
    facts: Facts,
    *,
    since: datetime,
    asked_at: datetime | None,
    clocks: Clocks,
    pending_at: datetime | None = None,
) -> Due | None:
    """The earliest clock of a block, or nothing. `since`: start of the block; `asked_at`: when the mail server
    accepted the first notice to a guardian, from which waiting counts (16 CFR 312.5(c)(1)); `pending_at`: when a
    guardian last said a yes that waits for our own second message: they are not silent, so waiting counts from there.
    """
    if decision.access == "permit":
        return None
    codes = frozenset(decision.reasons)
    found: list[Due] = []
    # Where one was signed and has ended, the lapse has its own clock: asking for the next one must not shorten it.
    lapsed = codes & LAPSE_OR_EXIT and not codes & {"legal_model_not_allowed"}
    if codes & NO_AUTHORISATION and not lapsed:
        found.append(Due(since + timedelta(days=clocks.no_authorisation_days), "no_authorisation"))
    if codes & LAPSE_OR_EXIT:
        found.append(Due(since + timedelta(days=clocks.lapse_or_exit_days), "lapse_or_exit"))
    if codes & UNASKABLE:
        found.append(Due(since + timedelta(days=clocks.waiting_on_guardian_days), "no_guardian"))
    if codes & WAITING and asked_at is not None:
        # A learner who was admitted and fell back to waiting was asked long ago: the clock starts with the block.
        start = max(asked_at, since)
        found.append(Due(start + timedelta(days=clocks.waiting_on_guardian_days), "waiting_on_guardian"))
    if "verification_pending" in codes:
        start = pending_at or since
        found.append(Due(start + timedelta(days=clocks.waiting_on_guardian_days), "waiting_on_guardian"))
    if codes & REFUSED:
        start = (_refused_at(facts) if codes & REFUSED_BY_GUARDIAN else None) or since
        found.append(Due(start + timedelta(days=clocks.withdrawal_days), "declined_or_withdrawn"))
    return min(found, key=lambda one: one.at) if found else None


def _refused_at(facts: Facts) -> datetime | None:
    """When the first refusal that still stands in the way was made: the latest row per guardian and purpose counts,
    of guardians with full authority, for what the service cannot be had without.
    """
    heard = {guardian.id for guardian in facts.guardians if guardian.authority == "full"}
    core = {name for name, purpose in facts.purposes.items() if purpose.core}
    latest: dict[tuple[str, str], Consent] = {}
    for consent in facts.consents:
        if consent.completed_at is None or consent.guardian not in heard or consent.purpose not in core:
            continue
        before = latest.get((consent.guardian, consent.purpose))
        if before is None or before.completed_at is None or consent.completed_at >= before.completed_at:
            latest[consent.guardian, consent.purpose] = consent
    return min((c.completed_at for c in latest.values() if c.state in _NO and c.completed_at), default=None)
