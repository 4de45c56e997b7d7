"""Of several jurisdictions the protective holds: together they are never weaker than any single one of them."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from guardian.jurisdiction.birthdays import birthday
from guardian.jurisdiction.domain import period_on, periods
from guardian.jurisdiction.law import Law, LawRule, Model
from guardian.jurisdiction.law_file import shipped
from guardian.jurisdiction.law_in_use import use, using

CODES = ("AA", "BB", "BB-C", "CC")
DAYS = st.dates(date(2015, 1, 1), date(2035, 1, 1))
MODELS: tuple[Model, ...] = ("controller_instruction", "school_agent", "school_intermediary")
AS_OF = date(2026, 11, 25)


@st.composite
def rules(draw: st.DrawFn, code: str) -> LawRule:
    age = draw(st.integers(13, 18))
    return LawRule(
        code=code, country=code, effective_from=draw(st.none() | DAYS), age=age,
        default_age=draw(st.integers(age, 21)), rule=draw(st.sampled_from(["any_one", "all", "joint"])),
        models=("guardian_consent", *draw(st.sets(st.sampled_from(MODELS)))),
        leap_day=draw(st.sampled_from(["03-01", "02-28"])), source="made up", certainty="low", as_of=AS_OF,
    )  # fmt: skip


@st.composite
def laws(draw: st.DrawFn) -> Law:
    found = {(one.code, one.effective_from): one for code in CODES for one in draw(st.lists(rules(code), max_size=3))}
    return Law(
        version="made up", floor_age=13, clocks=shipped().clocks,
        rules=(*found.values(), *(one for one in shipped().rules if one.code == "ZZ")),
    )  # fmt: skip


@given(
    law=laws(),
    jurisdictions=st.lists(st.sampled_from((*CODES, "XX", "cc ")), max_size=4),
    on=DAYS,
    born_on=DAYS | st.sampled_from([date(2016, 2, 29), date(2020, 2, 29)]),
)
def test_together_never_weaker_than_any_single(law: Law, jurisdictions: list[str], on: date, born_on: date) -> None:
    with using(law):
        together = period_on(jurisdictions, on)
        for code in jurisdictions or ("ZZ",):
            alone = period_on([code], on)
            assert together.threshold >= alone.threshold
            assert together.rules >= alone.rules
            assert together.models <= alone.models
            mine = birthday(born_on, together.threshold, together.leap_day)
            theirs = birthday(born_on, alone.threshold, alone.leap_day)
            assert mine is not None
            assert theirs is not None
            assert mine >= theirs
        assert "guardian_consent" in together.models
        assert period_on(list(reversed(jurisdictions)), on) == together


@given(law=laws(), jurisdictions=st.lists(st.sampled_from(CODES), max_size=3), on=DAYS)
def test_the_periods_tell_what_holds_on_every_day(law: Law, jurisdictions: list[str], on: date) -> None:
    with using(law):
        held = [period for period in periods(tuple(jurisdictions)) if (period.begins_on or date.min) <= on][-1]
        today = period_on(jurisdictions, on)
        assert (held.threshold, held.rules, held.models, held.leap_day) == (
            today.threshold, today.rules, today.models, today.leap_day,
        )  # fmt: skip


def test_the_shipped_law_is_back_afterwards() -> None:
    use(shipped())
    assert period_on(["PL"], AS_OF).threshold == 16
