"""Each reason code in a sentence, and the next step, for staff and guardians (a learner's page says less)."""

from typing import NamedTuple

from guardian.access.codes import CODES, STEPS
from guardian.i18n import gettext_noop as N_
from guardian.i18n import text


class Reason(NamedTuple):
    """English msgids: what holds, and what to do now."""

    sentence: str
    next_step: str


_NOTHING = N_("Nothing needs to be done.")
_ASK_AGAIN = N_("Send the guardian a new request.")

REASONS: dict[str, Reason] = {
    "unknown_learner": Reason(
        N_("There is no learner with this identifier."),
        N_("Check the identifier, or register the learner."),
    ),
    "engine_error": Reason(
        N_("The decision could not be made, so access stays closed."),
        N_("Try again shortly. If it happens again, tell the operator."),
    ),
    "own_consent": Reason(N_("The learner is old enough to decide alone."), _NOTHING),
    "authorised": Reason(N_("The institution has authorised this, and its authorisation is in force."), _NOTHING),
    "consented": Reason(N_("The guardians' consent is there and in force."), _NOTHING),
    "no_institution": Reason(
        N_("The learner is not enrolled in any institution at this time."),
        N_("Ask the learner's institution to put the learner on its list."),
    ),
    "left_institution": Reason(
        N_("The learner has left the institution."),
        N_("If the learner is still there, or has moved, the present institution enrols the learner."),
    ),
    "authorisation_missing": Reason(
        N_("The institution has no authorisation for its learners."),
        N_("The institution prepares an authorisation and has it signed."),
    ),
    "authorisation_unsigned": Reason(
        N_("The institution's authorisation is not yet signed and verified."),
        N_("The signatory signs the authorisation, and the operator verifies it."),
    ),
    "authorisation_not_started": Reason(
        N_("The institution's authorisation is not in force yet."),
        N_("Wait for its first day, or have one signed that begins earlier."),
    ),
    "authorisation_expired": Reason(
        N_("The institution's authorisation has expired."),
        N_("The institution renews the authorisation."),
    ),
    "authorisation_revoked": Reason(
        N_("The institution's authorisation was revoked."),
        N_("If that was not intended, the institution has a new authorisation signed."),
    ),
    "authorisation_suspended": Reason(
        N_("The institution's authorisation is suspended."),
        N_("The operator and the institution settle why, and the suspension is lifted."),
    ),
    "scope_use_missing": Reason(
        N_("The institution's authorisation does not allow its learners to use the services."),
        N_("The institution signs an authorisation with the permission to use the services."),
    ),
    "scope_collect_missing": Reason(
        N_("The institution's authorisation does not allow information to be collected from its learners."),
        N_("The institution signs an authorisation with the permission to collect information."),
    ),
    "legal_model_not_allowed": Reason(
        N_("The authorisation rests on a legal model that is not allowed where this learner lives."),
        N_("The institution signs an authorisation that rests on another legal model."),
    ),
    "purpose_not_authorised": Reason(
        N_("The institution has not authorised this purpose, or may not do so."),
        N_("If the purpose is needed for lessons, the institution adds it to its authorisation."),
    ),
    "no_guardian": Reason(
        N_("No guardian who may decide for the learner is known."),
        N_("The institution names a guardian with full authority."),
    ),
    "no_guardian_channel": Reason(
        N_("No guardian can be reached: there is no contact address."),
        N_("The institution adds an address for a guardian, or records an answer on paper."),
    ),
    "guardians_disagree": Reason(
        N_("The guardians have answered differently, and a no counts more than a yes."),
        N_("A person at the institution or the operator looks at it with the guardians."),
    ),
    "consent_declined": Reason(
        N_("A guardian has declined."),
        N_("The guardian may change the answer at any time with the link in the message."),
    ),
    "consent_withdrawn": Reason(
        N_("A guardian has withdrawn the consent."),
        N_("The guardian may give it again at any time with the link in the message."),
    ),
    "consent_revoked": Reason(
        N_("The consent was revoked by somebody else than the guardian."),
        N_("Find out why it was revoked, then send the guardian a new request."),
    ),
    "consent_void": Reason(N_("The consent was never valid."), _ASK_AGAIN),
    "consent_expired": Reason(N_("The consent has expired."), _ASK_AGAIN),
    "consent_stale": Reason(
        N_("The notice has changed in an important point since the consent was given."),
        _ASK_AGAIN,
    ),
    "verification_pending": Reason(
        N_("A guardian has said yes, but the consent is not yet verified."),
        N_("Wait: the second message to the guardian completes it."),
    ),
    "method_too_weak": Reason(
        N_("The way in which the guardian consented is not enough to pass information on to others."),
        N_("The guardian consents in a stronger way, for example with a signed form or by telephone."),
    ),
    "consent_missing": Reason(
        N_("A guardian's answer is still missing."),
        N_("The guardian answers with the link in the message; the institution can send it again."),
    ),
    "assent_declined": Reason(
        N_("The learner has declined, and the law asks for the learner's agreement too."),
        N_("The learner may change the answer on the learner's own page."),
    ),
    "assent_missing": Reason(
        N_("The learner's own agreement is missing, which the law asks for beside the guardian's."),
        N_("The learner answers on the learner's own page."),
    ),
    "reported": Reason(
        N_("The account was reported and waits for a person to look at it."),
        N_("The operator examines the report."),
    ),
    "identity_held": Reason(
        N_("It is not certain who this learner is."),
        N_("The institution and the operator settle who the learner is."),
    ),
    "erasure_in_progress": Reason(
        N_("The learner's information is being erased."),
        N_("Wait until the erasure is complete; only the operator can stop it before it begins."),
    ),
    "erased": Reason(
        N_("The learner's information has been erased."),
        N_("To begin again, the institution enrols the learner afresh under a new authorisation."),
    ),
}


def sentence(code: str, language: str) -> str:
    """What a reason code means, in that language. KeyError: no such code."""
    return text(language, REASONS[code].sentence)


def next_step(code: str, language: str) -> str:
    """What ends, or needs not end, the state of a reason code, in that language. KeyError: no such code."""
    return text(language, REASONS[code].next_step)


__all__ = ["CODES", "REASONS", "STEPS", "Reason", "next_step", "sentence"]
