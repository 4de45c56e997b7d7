"""What a flag says to the person who looks."""

from guardian.i18n import gettext_noop as N_

SENTENCES: dict[str, str] = {
    "no_basis": N_("No valid basis: nobody who may has agreed in time."),
    "no_guardian": N_("No guardian is known who may answer."),
    "undeliverable": N_("Mail to the guardian cannot be delivered."),
    "guardians_disagree": N_("Two guardians gave different answers."),
    "not_my_child": N_("A guardian says that this is not their child."),
    "reported": N_("Somebody reported that a child under age uses this account."),
    "guardian_is_learner": N_("The guardian's address is the learner's own."),
    "shared_address": N_("One address serves many families."),
    "identity_held": N_("It is not certain who this learner is."),
    "birth_date_changed": N_("The birth date was changed."),
    "mass_removal": N_("A roster would remove many learners at once."),
    "erased_reimport": N_("A roster brings back a learner whose data was purged."),
    "purge_overdue": N_("A purge is overdue."),
    "override": N_("An administrator let this learner in by hand."),
}
"""By kind, as a msgid."""
