"""The reason codes of a decision, in their fixed order, and for each block the step that would end it."""

from collections.abc import Set as AbstractSet

CODES: tuple[str, ...] = (
    "unknown_learner",
    "engine_error",
    "own_consent",
    "authorised",
    "consented",
    "no_institution",
    "left_institution",
    "authorisation_missing",
    "authorisation_unsigned",
    "authorisation_not_started",
    "authorisation_expired",
    "authorisation_revoked",
    "authorisation_suspended",
    "scope_use_missing",
    "scope_collect_missing",
    "legal_model_not_allowed",
    "purpose_not_authorised",
    "no_guardian",
    "no_guardian_channel",
    "guardians_disagree",
    "consent_declined",
    "consent_withdrawn",
    "consent_revoked",
    "consent_void",
    "consent_expired",
    "consent_stale",
    "verification_pending",
    "method_too_weak",
    "consent_missing",
    "assent_declined",
    "assent_missing",
    "reported",
    "identity_held",
    "erasure_in_progress",
    "erased",
)
PERMITS = frozenset({"own_consent", "authorised", "consented"})
"""The codes that a permit carries; all others block."""

_PLACE = {code: place for place, code in enumerate(CODES)}

STEPS: dict[str, str] = {
    "unknown_learner": "check_learner_id",
    "engine_error": "ask_again_later",
    "no_institution": "enrol",
    "left_institution": "enrol",
    "authorisation_missing": "sign_authorisation",
    "authorisation_unsigned": "finish_authorisation",
    "authorisation_not_started": "wait_for_authorisation",
    "authorisation_expired": "renew_authorisation",
    "authorisation_revoked": "sign_authorisation",
    "authorisation_suspended": "lift_suspension",
    "scope_use_missing": "extend_authorisation",
    "scope_collect_missing": "extend_authorisation",
    "legal_model_not_allowed": "change_legal_model",
    "purpose_not_authorised": "extend_authorisation",
    "no_guardian": "add_guardian",
    "no_guardian_channel": "add_guardian_contact",
    "guardians_disagree": "review_disagreement",
    "consent_declined": "guardian_may_change_answer",
    "consent_withdrawn": "guardian_may_change_answer",
    "consent_revoked": "ask_guardian_again",
    "consent_void": "ask_guardian_again",
    "consent_expired": "ask_guardian_again",
    "consent_stale": "ask_guardian_again",
    "verification_pending": "wait_for_verification",
    "method_too_weak": "use_stronger_method",
    "consent_missing": "await_guardian_answer",
    "assent_declined": "learner_may_change_answer",
    "assent_missing": "ask_learner",
    "reported": "review_report",
    "identity_held": "review_identity",
    "erasure_in_progress": "await_erasure",
    "erased": "enrol_afresh",
}
"""For each code that blocks, the stable word of the step that would end it."""


def ordered(codes: AbstractSet[str]) -> tuple[str, ...]:
    """The codes in their fixed order."""
    return tuple(codes) if len(codes) == 1 else tuple(sorted(codes, key=_PLACE.__getitem__))
