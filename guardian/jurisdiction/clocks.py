"""How long each thing may wait: defaults and caps are data of the law file, not of the code."""

from typing import Annotated, Any

import msgspec

from guardian.errors import Refused
from guardian.i18n import gettext_noop as N_
from guardian.jurisdiction.law_file import shipped
from guardian.jurisdiction.law_in_use import current

Days = Annotated[int, msgspec.Meta(ge=0)]
Hours = Annotated[int, msgspec.Meta(ge=0)]


def _from_law(name: str) -> Any:
    return msgspec.field(default_factory=lambda: current().by_clock[name].default)


class Clocks(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lengths in the unit that the name ends with. Shorter freely, longer only up to `CAPS`."""

    waiting_on_guardian_days: Days = _from_law("waiting_on_guardian_days")
    """From the notice being sent to the purge with the contacts (16 CFR 312.5(c)(1))."""
    no_authorisation_days: Days = _from_law("no_authorisation_days")
    """From the block to the purge where no signed authorisation stands ("as soon as possible")."""
    withdrawal_days: Days = _from_law("withdrawal_days")
    """From a refusal or withdrawal to the purge (16 CFR 312.6; GDPR art. 17(1)(b))."""
    lapse_or_exit_days: Days = _from_law("lapse_or_exit_days")
    """From a lapse or the learner's leaving to the purge (16 CFR 312.10; GDPR art. 28(3)(g))."""
    request_answer_days: Days = _from_law("request_answer_days")
    """From receipt; one calendar month counts too, the earlier holds (GDPR art. 12(3))."""
    request_extension_months: Annotated[int, msgspec.Meta(ge=0)] = _from_law("request_extension_months")
    """How much longer after a notice with reasons, given inside the first month (GDPR art. 12(3))."""
    complaint_acknowledgement_days: Days = _from_law("complaint_acknowledgement_days")
    """From receipt (UK Data (Use and Access) Act)."""
    breach_notice_hours: Hours = _from_law("breach_notice_hours")
    """From awareness to the authority (GDPR art. 33); the school hears at once."""
    backup_expiry_days: Days = _from_law("backup_expiry_days")
    """From a purge until no backup holds the erased data any more."""

    def capped(self) -> "Clocks":
        """These clocks, if each lies between 0 and its cap; else Refused `clock_over_cap`."""
        for name, cap in CAPS.items():
            if not 0 <= getattr(self, name) <= cap:
                raise Refused(
                    "clock_over_cap",
                    N_("%(field)s must lie between 0 and %(cap)d. Choose a shorter time."),
                    params={"field": name, "cap": cap},
                    where=name,
                )
        return self


CAPS: dict[str, int] = {name: clock.cap for name, clock in shipped().by_clock.items()}
"""The furthest each clock may be set, in the unit of its name. No file may move a cap."""
