"""What an institution is, under which legal model it works, and when its school year ends."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from babel import Locale

from guardian.errors import Refused
from guardian.i18n import gettext_noop as N_
from guardian.jurisdiction.domain import UNKNOWN, folded, in_force

LegalModel = Literal["school_agent", "school_intermediary", "controller_instruction", "guardian_consent", "own_consent"]
_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
State = Literal["invited", "active", "ended"]

YEAR_ENDS_ON = (8, 31)
"""Month and day of the last day of a school year, unless told otherwise."""
YEAR_ENDS_WITH_THE_CALENDAR = frozenset({
    "AO", "AR", "AU", "BO", "BR", "BW", "CL", "CO", "CR", "EC", "FJ", "GT", "HN", "KE", "LS", "MG", "MW", "MY", "MZ",
    "NA", "NI", "NZ", "PA", "PE", "PG", "PY", "SG", "SV", "SZ", "TZ", "UG", "UY", "VE", "ZA", "ZM", "ZW",
})  # fmt: skip
"""Countries, most of them in the southern hemisphere, whose school year runs with the calendar year. A default of
ours, not a rule of law: the school may choose another day."""
WORTH_AUTHORISING = timedelta(days=62)
"""An authorisation begun this close to the end of a school year is meant for the next one."""


class Institution(msgspec.Struct, frozen=True, kw_only=True):
    """A school or another institution. `state`: invited until it first asks for a signature, then active, ended."""

    id: UUID
    name: str
    jurisdiction: str
    timezone: str
    language: str
    contact_email: str | None
    pupil_domains: tuple[str, ...]
    verified_domains: tuple[str, ...]
    legal_model: LegalModel
    state: State
    created_at: datetime
    ended_at: datetime | None


def model_fits(model: LegalModel, jurisdiction: str) -> bool:
    """Whether an institution of a jurisdiction may work under a legal model.

    The law file says which do (a school consents for parents only in the United States, FTC FAQ N; it instructs the
    operator as a controller only elsewhere, GDPR art. 8 and 28), by its newest rule: a school is invited for years.
    An institution cannot authorise by `own_consent`: that is the learner's own act.
    """
    return model in in_force(jurisdiction, date.max).models


def model_fits_learner(model: LegalModel, jurisdictions: Sequence[str]) -> bool:
    """Whether a legal model may carry a learner who lives under these jurisdictions: it must fit all of them, and one
    by which a school acts for parents needs to know that it is in the United States.
    """
    if model in {"school_agent", "school_intermediary"} and not jurisdictions:
        return False
    return all(model_fits(model, code) for code in jurisdictions)


def check_model(model: str, jurisdiction: str) -> LegalModel:
    """The legal model, if the word is known and fits. Raises Refused `legal_model_not_allowed` (LAW requirement 13)."""
    for known in get_args(LegalModel):
        if known == model and model_fits(known, jurisdiction):
            fits: LegalModel = known
            return fits
    raise Refused(
        "legal_model_not_allowed",
        N_("The legal model %(model)s is not possible for a school in %(jurisdiction)s. Choose guardian_consent."),
        params={"model": model[:32], "jurisdiction": jurisdiction[:10]},
        where="legal_model",
    )


def check_jurisdiction(code: str) -> str:
    """The code in capitals (`PL`, `US-CA`), if there is such a country. Raises Refused.

    A country that the table of ages does not list is let in: the protective age of the unknown holds for it.
    """
    wanted = folded(code)
    country = wanted.partition("-")[0]
    known = _CODE.fullmatch(wanted) and country in Locale.parse("en").territories and country not in {UNKNOWN, "EU"}
    if not known:
        raise Refused(
            "jurisdiction_unknown",
            N_("This country is not known. Write two letters, such as PL or FR, or US with a state, such as US-CA."),
            where="jurisdiction",
        )
    return wanted


def check_timezone(name: str) -> str:
    """A zone name (`Europe/Warsaw`). Raises Refused; abbreviations such as EST have no summer time and are refused."""
    if name != "UTC" and ("/" not in name or name not in available_timezones()):
        raise Refused(
            "timezone_unknown",
            N_("This time zone is not known. Write its full name, such as Europe/Warsaw."),
            where="timezone",
        )
    return name


def end_of_day(day: date, timezone: str) -> datetime:
    """The instant, in UTC, at which a local day is over: the next local midnight. Half-open ends are set to it."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(timezone))
    return midnight.astimezone(UTC)


def year_ends_on(jurisdiction: str) -> tuple[int, int]:
    """Month and day of the last day of a school year in a jurisdiction: 31 August, or 31 December."""
    country = folded(jurisdiction).partition("-")[0]
    return (12, 31) if country in YEAR_ENDS_WITH_THE_CALENDAR else YEAR_ENDS_ON


def school_year_end(now: datetime, timezone: str, *, ends_on: tuple[int, int] = YEAR_ENDS_ON) -> datetime:
    """The end of the school year that is under way at `now` (aware), as an instant in UTC.

    The last day counts whole, in the institution's time zone: for Warsaw and 31 August it is 31 August 22:00 UTC.
    """
    month, day = ends_on
    today = now.astimezone(ZoneInfo(timezone)).date()
    year = today.year if (today.month, today.day) <= (month, day) else today.year + 1
    return end_of_day(date(year, month, day), timezone)


def default_valid_until(now: datetime, timezone: str, *, ends_on: tuple[int, int] = YEAR_ENDS_ON) -> datetime:
    """How long an authorisation lasts if nothing else is said: to the end of the school year, or of the next one
    when this one is nearly over.
    """
    end = school_year_end(now, timezone, ends_on=ends_on)
    return end if end - now >= WORTH_AUTHORISING else school_year_end(end, timezone, ends_on=ends_on)
