"""Arbitrary facts within a few weeks, so that edges meet and tie often."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

from hypothesis import strategies as st

from guardian.access import facts as f
from guardian.jurisdiction.domain import Rule

START = datetime(2023, 12, 25, tzinfo=UTC)
ZONES = [None, "Europe/Warsaw", "America/St_Johns", "Pacific/Kiritimati", "Africa/Cairo", "No/Where"]
INSTITUTIONS = ["s1", "s2"]
GUARDIANS = ["g1", "g2", "g3"]
PURPOSES = ["lessons", "video", "ads"]

# Half days and quarter days from one Christmas on, past the day on which Denmark's threshold changed.
instants = st.integers(0, 80).map(lambda quarter: START + timedelta(hours=6 * quarter))
moments = instants | st.tuples(instants, st.integers(-1, 1)).map(lambda at: at[0] + timedelta(microseconds=at[1]))
days = st.integers(-2, 22).map(lambda day: (START + timedelta(days=day)).date())
births = st.none() | st.one_of(
    st.integers(2005, 2013).map(str),
    st.tuples(st.integers(2005, 2013), st.integers(1, 12)).map(lambda when: f"{when[0]}-{when[1]:02}"),
    st.tuples(days, st.sampled_from([10, 13, 14, 15, 16, 18])).map(lambda when: str(_years_before(*when))),
)


def _years_before(day: date, years: int) -> date:
    return day.replace(year=day.year - years)


def words(literal: object) -> st.SearchStrategy[str]:
    return st.sampled_from(get_args(literal))


def often(usual: object, other: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    """The usual value in most cases: permits must not be rare."""
    return st.one_of(st.just(usual), st.just(usual), other)


learners = st.builds(
    f.Learner,
    birth_date=births,
    jurisdictions=st.lists(st.sampled_from(["US", "US-CA", "PL", "DK", "FR", "XX"]), max_size=2).map(tuple),
    timezone=st.sampled_from(ZONES),
    standing=often("active", words(f.Standing)),
    assent=st.none() | words(f.Assent),
)
enrolments = st.builds(f.Enrolment, institution=st.sampled_from(INSTITUTIONS), begins_on=days, ends_on=st.none() | days)
authorisations = st.builds(
    f.Authorisation,
    id=st.sampled_from(["a1", "a2", "a3"]),
    institution=st.sampled_from(INSTITUTIONS),
    status=often("active", words(f.Status)),
    legal_model=often("guardian_consent", words(f.LegalModel)),
    scopes=often(get_args(f.Scope), st.lists(words(f.Scope), max_size=2).map(tuple)),
    purposes=often(tuple(PURPOSES), st.lists(st.sampled_from(PURPOSES), max_size=3).map(tuple)),
    valid_from=often(START, instants),
    valid_until=often(START + timedelta(days=20), instants),
)
guardians = st.lists(
    st.builds(
        f.Guardian,
        id=st.sampled_from(GUARDIANS),
        authority=often("full", words(f.Authority)),
        has_channel=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda guardian: guardian.id,
).map(tuple)
consents = st.builds(
    f.Consent,
    id=st.uuids().map(str),
    guardian=st.sampled_from(GUARDIANS),
    purpose=st.sampled_from(["lessons", "lessons", *PURPOSES]),
    state=often("given", words(f.ConsentState)),
    method=st.none() | words(f.Method),
    completed_at=st.none() | instants,
    notice_version=often(2, st.none() | st.integers(1, 3)),
    valid_until=st.none() | instants,
)
purposes = st.builds(
    f.Purpose,
    core=st.booleans(),
    disclosure=often(False, st.booleans()),
    commercial=often(False, st.booleans()),
    guardian_always=st.booleans(),
)
notices = st.builds(f.Notice, version=st.just(2), material_since=st.integers(1, 2))
wild = st.builds(
    f.Facts,
    learner=learners,
    enrolments=st.lists(enrolments, max_size=3).map(tuple),
    authorisations=st.lists(authorisations, max_size=3).map(tuple),
    guardians=guardians,
    consents=st.lists(consents, max_size=6).map(tuple),
    purposes=st.dictionaries(st.sampled_from(PURPOSES), purposes, max_size=3),
    notice=notices,
    rule=st.none() | words(Rule),
)


@st.composite
def tame(draw: st.DrawFn) -> f.Facts:
    """Facts under which some weeks are permitted, with a little of the wild ones strewn in."""
    found = draw(wild)
    models = ["guardian_consent", "controller_instruction"]
    learner = f.Learner(
        birth_date=draw(st.sampled_from(["2013", "2012-05-01", "2008-12-30", None])),
        jurisdictions=draw(st.sampled_from([("PL",), ("DK",), ("PL", "FR")])),
        timezone=draw(st.sampled_from(ZONES)),
        standing="active",
        assent="given",
    )
    good = f.Authorisation(
        id="a0",
        institution="s1",
        status="active",
        legal_model=draw(st.sampled_from(models)),
        scopes=("use_services", "collect_information"),
        purposes=tuple(PURPOSES),
        valid_from=START + timedelta(days=draw(st.integers(0, 3))),
        valid_until=START + timedelta(days=draw(st.integers(8, 20))),
    )
    core = {"lessons": f.Purpose(core=True, disclosure=False, commercial=False, guardian_always=draw(st.booleans()))}
    yes = f.Consent(
        id="c0",
        guardian="g1",
        purpose="lessons",
        state="given",
        method="signed_form",
        completed_at=draw(instants),
        notice_version=2,
        valid_until=None,
    )
    return f.Facts(
        learner=learner,
        enrolments=(f.Enrolment(institution="s1", begins_on=date(2023, 12, 1)), *found.enrolments),
        authorisations=(good, *found.authorisations[:1]),
        guardians=(f.Guardian(id="g1", authority="full", has_channel=True), *found.guardians[:1])
        if not any(guardian.id == "g1" for guardian in found.guardians[:1])
        else found.guardians,
        consents=(yes, *found.consents[: draw(st.integers(0, 3))]),
        purposes={**{name: spec for name, spec in found.purposes.items() if not spec.core}, **core},
        notice=found.notice,
        rule=found.rule,
    )


facts = wild | tame()
