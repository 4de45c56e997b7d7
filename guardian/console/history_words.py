"""History as sentences: what each kind of entry says, and who did it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from guardian.audit.domain import Entry
from guardian.i18n import gettext_noop as N_
from guardian.i18n import text

ACTIONS: dict[str, str] = {
    "authorisation.sent": N_("Signature for an authorisation asked"),
    "authorisation.signed": N_("Authorisation signed"),
    "authorisation.refused": N_("Signature refused"),
    "authorisation.verified": N_("Authorisation verified; in force"),
    "authorisation.rejected": N_("Verification refused"),
    "authorisation.suspended": N_("Authorisation suspended"),
    "authorisation.resumed": N_("Authorisation in force again"),
    "authorisation.revoked": N_("Authorisation revoked"),
    "authorisation.superseded": N_("Authorisation replaced"),
    "authorisation.expired": N_("Authorisation ended by its date"),
    "authorisation.resent": N_("Letter to the signatory sent again"),
    "authorisation.reminded": N_("Renewal of an authorisation called to mind"),
    "authorisation.link_renewed": N_("New link for the signatory"),
    "client.added": N_("API key made"),
    "client.revoked": N_("API key ended"),
    "consent.asked": N_("Guardians asked"),
    "consent.answered": N_("A guardian answered"),
    "consent.withdrawn": N_("A guardian withdrew"),
    "consent.completed": N_("A guardian's yes is verified"),
    "consent.unverified": N_("The second message came back: the yes is not verified any more"),
    "consent.bounced": N_("A letter to a guardian came back"),
    "address.suppressed": N_("An address does not exist: nothing is sent to it any more"),
    "address.cleared": N_("Staff vouched for an address: it is written to again"),
    "consent.reminded": N_("A guardian was reminded"),
    "consent.reminders_stopped": N_("A guardian stopped the reminders"),
    "consent.request_expired": N_("The time for an answer ran out"),
    "consent.link_renewed": N_("A guardian got a new link"),
    "consent.not_my_child": N_("A guardian said: not my child"),
    "consent.address_corrected": N_("Asked again at the corrected address"),
    "handover.announced": N_("Learners and guardians told of the hand-over"),
    "handover.answered": N_("A learner answered for themself"),
    "guardian.corrected": N_("A guardian's name or address was corrected"),
    "flag.taken": N_("Flag taken on"),
    "flag.resolved": N_("Flag resolved"),
    "hold.placed": N_("Legal hold placed"),
    "hold.released": N_("Legal hold released"),
    "institution.invited": N_("Institution invited"),
    "institution.changed": N_("Institution's details changed"),
    "institution.ended": N_("Institution ended"),
    "mail.sent": N_("Letters sent"),
    "notice.published": N_("Notice published"),
    "notice.draft_begun": N_("Draft of the notice begun"),
    "notice.draft_saved": N_("Draft of the notice saved"),
    "notice.draft_discarded": N_("Draft of the notice thrown away"),
    "law.in_force": N_("Another table of the law in force"),
    "purge.approved": N_("Purge approved"),
    "purge.rescinded": N_("Approval of the purge taken back"),
    "purge.cancelled": N_("Purge cancelled: a basis came, or a hold"),
    "purge.started": N_("Purge started"),
    "purge.erased": N_("One system erased its part"),
    "purge.done": N_("Purge done; certificate made"),
    "roster.received": N_("Roster uploaded"),
    "roster.plan_requested": N_("Reading of a large roster begun"),
    "roster.planned": N_("Roster planned"),
    "roster.replanned": N_("Roster planned again"),
    "roster.refused": N_("Roster could not be used"),
    "roster.commit_requested": N_("Commit of a large roster begun"),
    "roster.committed": N_("Roster committed"),
    "roster.cancelled": N_("Roster cancelled"),
    "roster.erased": N_("Uploaded file erased after its time"),
    "staff.added": N_("Member of staff invited"),
    "staff.ended": N_("Member of staff left"),
    "staff.link_made": N_("Sign-in link made on the operator's machine"),
    "staff.sign_in_requested": N_("Sign-in link asked"),
    "staff.signed_in": N_("Signed in"),
    "staff.signed_out": N_("Signed out"),
    "sweep.checked": N_("Sweep: flags and due purges brought up to date"),
}
ACTORS: dict[str, str] = {
    "staff": N_("Staff"),
    "guardian": N_("A guardian"),
    "signatory": N_("The signatory"),
    "learner": N_("The learner"),
    "client": N_("A learning platform"),
    "system": N_("The service itself"),
    "anyone": N_("Somebody not signed in"),
}


def action(entry: Entry, language: str) -> str:
    """What happened."""
    known = ACTIONS.get(entry.action)
    return text(language, known) if known else entry.action


def actor(entry: Entry, names: Mapping[UUID, str], language: str) -> str:
    """Who did it, by name where it is somebody who still works here."""
    if entry.actor is not None and entry.actor in names:
        return names[entry.actor]
    return text(language, ACTORS.get(entry.actor_kind, ACTORS["system"]))


def details(payload: Mapping[str, Any]) -> str:
    """The entry's plain values on one line: states, counts and instants as they were written."""
    shown = [f"{name}={value}" for name, value in payload.items() if isinstance(value, str | int) and value != ""]
    return ", ".join(shown[:8])
