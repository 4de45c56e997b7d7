"""The fixed words of states, as people read them: msgids by code. A code that is missing here is shown as it is."""

from guardian.i18n import gettext_noop as N_

STANDS: dict[str, str] = {
    "permit": N_("May use it"),
    "waiting": N_("Waiting"),
    "blocked": N_("Blocked"),
    "held": N_("On hold"),
    "neutral": N_("Erased"),
}
"""Where a learner stands, by the state that gives the word its colour and icon."""

AUTHORISATIONS: dict[str, str] = {
    "draft": N_("Draft"),
    "awaiting_signature": N_("Waits for the signature"),
    "awaiting_verification": N_("Signed, waits for the operator"),
    "active": N_("In force"),
    "expired": N_("Ended"),
    "revoked": N_("Revoked"),
    "superseded": N_("Replaced by a newer one"),
    "refused": N_("Refused"),
    "suspended": N_("Suspended"),
}
AUTHORISATION_COLOURS: dict[str, str] = {
    "active": "permit", "awaiting_signature": "waiting", "awaiting_verification": "waiting", "suspended": "held",
    "revoked": "blocked", "refused": "blocked", "expired": "blocked",
}  # fmt: skip
AUTHORISATION_STEPS: dict[str, str] = {
    "none": N_("Ask your head or director to sign: no learner can be admitted without it."),
    "draft": N_("Send it to the signatory."),
    "awaiting_signature": N_("The signatory reads and signs with the link in the letter. You can send it again."),
    "awaiting_verification": N_("The operator checks who signed. You need not do anything."),
    "active": N_("Nothing needs to be done."),
    "expired": N_("Ask for a new signature."),
    "revoked": N_("Ask for a new signature."),
    "superseded": N_("Nothing needs to be done."),
    "refused": N_("Speak with the signatory, then ask again."),
    "suspended": N_("Settle with the operator why, so that it is lifted."),
}

LEGAL_MODELS: dict[str, str] = {
    "school_agent": N_("The school consents for the guardians (United States)"),
    "school_intermediary": N_("The school passes the guardians' consent on (United States)"),
    "controller_instruction": N_("The school is the controller and instructs the operator (GDPR)"),
    "guardian_consent": N_("Every guardian is asked"),
    "own_consent": N_("The learner decides"),
}

REQUESTS: dict[str, str] = {
    "none": N_("Not asked yet"),
    "queued": N_("The letter waits to be sent"),
    "sent": N_("Asked, no answer yet"),
    "delivered": N_("Asked, no answer yet"),
    "bounced": N_("The letter came back: the address does not work"),
    "answered": N_("Answered"),
    "expired": N_("Asked, and the time ran out"),
    "cancelled": N_("The question was withdrawn"),
    "superseded": N_("Replaced by a newer question"),
}
REQUEST_COLOURS: dict[str, str] = {
    "queued": "waiting", "sent": "waiting", "delivered": "waiting", "bounced": "blocked",
    "expired": "blocked",
}  # fmt: skip

ANSWERS: dict[str, str] = {
    "given": N_("Yes"),
    "declined": N_("No"),
    "withdrawn": N_("Yes, then withdrawn"),
    "revoked": N_("Revoked by somebody else"),
    "expired": N_("Ended"),
    "void": N_("Never valid"),
    "stale": N_("Given for an older notice"),
}

MAILS: dict[str, str] = {
    "queued": N_("waits to be sent"),
    "sending": N_("is being sent"),
    "unknown": N_("was perhaps taken by the mail server"),
    "accepted": N_("taken by the mail server"),
    "delivered": N_("delivered"),
    "bounced_soft": N_("came back for now"),
    "bounced_hard": N_("came back for good"),
    "complained": N_("reported as unwanted"),
    "suppressed": N_("not sent: the address must not be written to"),
    "failed": N_("could not be sent"),
    "cancelled": N_("taken out of the queue"),
}
LETTERS: dict[str, str] = {
    "consent_request": N_("Question to a guardian"),
    "consent_reminder": N_("Reminder to a guardian"),
    "notice_final": N_("Last reminder to a guardian"),
    "consent_recorded": N_("Receipt for a guardian's answer"),
    "consent_confirmation": N_("Second message that completes a yes"),
    "consent_withdrawn": N_("Receipt for a withdrawal"),
    "authorisation_request": N_("Question to the signatory"),
    "authorisation_signed": N_("Copy of the signed authorisation"),
    "age_up_guardian": N_("Announcement to a guardian: the learner will decide alone"),
    "age_up_learner": N_("Announcement to a learner: your own decision"),
    "staff_invitation": N_("Invitation of a member of staff"),
    "staff_sign_in": N_("Sign-in link"),
}

RELATIONSHIPS: dict[str, str] = {
    "mother": N_("mother"), "father": N_("father"), "parent": N_("parent"), "guardian": N_("guardian"),
    "legal_guardian": N_("legal guardian"), "step_parent": N_("step-parent"), "foster": N_("foster parent"),
    "foster_parent": N_("foster parent"), "agency": N_("agency"), "grandparent": N_("grandparent"),
    "relative": N_("relative"), "other_adult": N_("another adult"), "emergency": N_("emergency contact"),
    "unknown": N_("relation not stated"), "other": N_("another adult"),
}  # fmt: skip
AUTHORITIES: dict[str, str] = {
    "full": N_("may answer"),
    "limited": N_("is not asked until the school confirms"),
    "none": N_("has no say"),
}

PURGES: dict[str, str] = {
    "due": N_("Waits for approval"),
    "needs_approval": N_("Needs approval: too many at once"),
    "approved": N_("Approved"),
    "cooling_off": N_("Approved, can still be taken back"),
    "running": N_("Erasing"),
    "done": N_("Erased"),
    "partial": N_("Erased in part"),
    "cancelled": N_("Cancelled: a basis came, or a hold"),
    "rescinded": N_("Approval taken back"),
    "held": N_("On hold"),
}
PURGE_COLOURS: dict[str, str] = {
    "due": "waiting", "needs_approval": "blocked", "approved": "waiting", "cooling_off": "waiting",
    "running": "blocked", "partial": "blocked", "held": "held", "done": "neutral",
}  # fmt: skip
CAUSES: dict[str, str] = {
    "no_authorisation": N_("no authorisation of the institution"),
    "lapse_or_exit": N_("the authorisation ended, or the learner left"),
    "no_guardian": N_("no guardian can be asked"),
    "waiting_on_guardian": N_("no answer of a guardian in time"),
    "declined_or_withdrawn": N_("a guardian said no"),
    "administrative": N_("decided by a person"),
}
SYSTEMS: dict[str, str] = {
    "mail_queue": N_("Mail queue and questions to guardians"),
    "uploads": N_("Uploaded rosters"),
    "database": N_("Database"),
}
ERASED: dict[str, str] = {
    "learner_fields": N_("fields of the learner"),
    "guardians": N_("guardians who answer for nobody else"),
    "requests_closed": N_("questions closed"),
    "links_closed": N_("links closed"),
    "letters_cancelled": N_("letters taken out of the queue"),
    "uploads": N_("uploads erased"),
    "rows": N_("rows of rosters"),
}
KEPT: dict[str, str] = {"history": N_("History"), "tombstone": N_("Proof of the erasure"), "backups": N_("Backups")}

OUTCOMES: dict[str, str] = {
    "corrected": N_("It is mended"),
    "dismissed": N_("Dismissed"),
    "basis_found": N_("A basis was found"),
    "held": N_("Held"),
    "purge_approved": N_("Purge approved"),
}
SEVERITIES: dict[str, str] = {"high": N_("Urgent"), "normal": N_("Normal"), "low": N_("Minor")}
SEVERITY_COLOURS: dict[str, str] = {"high": "blocked", "normal": "waiting", "low": "neutral"}
KINDS: dict[str, str] = {
    "no_basis": N_("No basis in time"),
    "no_guardian": N_("No guardian to ask"),
    "undeliverable": N_("Mail does not arrive"),
    "guardians_disagree": N_("Guardians disagree"),
    "not_my_child": N_("“Not my child”"),
    "reported": N_("Reported"),
    "guardian_is_learner": N_("Guardian is the learner"),
    "shared_address": N_("Shared address"),
    "identity_held": N_("Identity in doubt"),
    "birth_date_changed": N_("Birth date changed"),
    "mass_removal": N_("Many learners missing"),
    "erased_reimport": N_("Erased learner came back"),
    "purge_overdue": N_("Purge overdue"),
    "override": N_("Let in by hand"),
}

ROLES: dict[str, str] = {
    "operator_admin": N_("Administrator of the operator"),
    "privacy_officer": N_("Privacy officer"),
    "institution_admin": N_("Administrator of the school"),
    "roster_manager": N_("Roster manager"),
    "read_only": N_("May look, not change"),
}
