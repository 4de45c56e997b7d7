"""A learner's story, act by act: whatever happens in whatever order, `decide` keeps its promises at every instant."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from guardian.access import facts as f
from guardian.access.domain import answer

START = datetime(2026, 9, 7, 8, 0, tzinfo=UTC)
GUARDIANS = ("g1", "g2")
NOES = ("declined", "withdrawn", "revoked")
WHO = st.sampled_from(GUARDIANS)
RULES: st.SearchStrategy[Any] = st.sampled_from(["any_one", "all", "joint", None])
SCOPES = st.sampled_from([("use_services",), ("use_services", "collect_information")])
BY_THEMSELF = st.sampled_from([None, timedelta(hours=1), timedelta(days=1)])


class Story(RuleBasedStateMachine):
    """One learner under age, two guardians, one core purpose; time only moves on."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.rows: list[f.Consent] = []
        self.last: dict[str, str] = {}
        self.facts = f.Facts(
            learner=f.Learner(
                birth_date="2016-05-01", jurisdictions=("PL",), timezone="Europe/Warsaw", standing="active"
            ),
            enrolments=(),
            authorisations=(),
            guardians=tuple(f.Guardian(id=name, authority="full", has_channel=True) for name in GUARDIANS),
            consents=(),
            purposes={"lessons": f.Purpose(core=True, disclosure=False, commercial=False, guardian_always=False)},
            notice=f.Notice(version=1, material_since=1),
        )

    def change(self, **parts: Any) -> None:
        self.facts = msgspec.structs.replace(self.facts, **parts)

    def row(self, who: str, state: Any, at: datetime | None) -> None:
        self.rows.append(
            f.Consent(
                id=f"c{len(self.rows)}", guardian=who, purpose="lessons", state=state, method="email_plus",
                completed_at=at, notice_version=self.facts.notice.version,
            )
        )  # fmt: skip
        self.change(consents=tuple(self.rows))

    @rule(hours=st.integers(1, 24 * 40))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(days=st.integers(1, 400))
    def enrol(self, days: int) -> None:
        day = self.now.date()
        row = f.Enrolment(institution="s1", begins_on=day, ends_on=day + timedelta(days=days))
        self.change(enrolments=(*self.facts.enrolments, row))

    @rule(days=st.integers(1, 400), scopes=SCOPES)
    def authorise(self, days: int, scopes: Any) -> None:
        row = f.Authorisation(
            id=f"a{len(self.facts.authorisations)}", institution="s1", status="active",
            legal_model="guardian_consent", scopes=scopes, purposes=("lessons",), valid_from=self.now,
            valid_until=self.now + timedelta(days=days),
        )  # fmt: skip
        self.change(authorisations=(*self.facts.authorisations, row))

    @rule(status=st.sampled_from(["revoked", "suspended", "superseded"]))
    def end_authorisations(self, status: Any) -> None:
        rows = (msgspec.structs.replace(row, status=status) for row in self.facts.authorisations)
        self.change(authorisations=tuple(rows))

    @rule(who=WHO, later=BY_THEMSELF)
    def say_yes(self, who: str, later: timedelta | None) -> None:
        self.row(who, "given", None if later is None else self.now + later)
        if later is not None:
            self.now += later  # the second message is out
            self.last[who] = "given"

    @rule(who=WHO, state=st.sampled_from(NOES))
    def say_no(self, who: str, state: str) -> None:
        before = answer(self.facts, self.now)
        self.row(who, state, self.now)
        self.last[who] = state
        after = answer(self.facts, self.now)
        assert before.access == "permit" or after.access == "block", "a no never opens what was closed"
        assert after.access == "block", "a no counts at once"
        if after.until is not None:
            then = answer(self.facts, after.until)
            assert then.access == "block" or then.reasons == ("own_consent",), "time alone never undoes a no"

    @rule(rule_=RULES)
    def law(self, rule_: Any) -> None:
        self.change(rule=rule_)

    @rule(state=st.sampled_from(["given", "declined", None]))
    def assent(self, state: Any) -> None:
        self.change(learner=msgspec.structs.replace(self.facts.learner, assent=state))

    @rule(standing=st.sampled_from(["active", "reported", "identity_held", "erased"]))
    def stand(self, standing: Any) -> None:
        self.change(learner=msgspec.structs.replace(self.facts.learner, standing=standing))

    @rule()
    def material_notice(self) -> None:
        version = self.facts.notice.version + 1
        self.change(notice=f.Notice(version=version, material_since=version))

    @rule(who=WHO, authority=st.sampled_from(["full", "limited", "none"]))
    def court(self, who: str, authority: Any) -> None:
        rows = (msgspec.structs.replace(g, authority=authority if g.id == who else g.authority)
                for g in self.facts.guardians)  # fmt: skip
        self.change(guardians=tuple(rows))

    @invariant()
    def a_permit_has_every_layer(self) -> None:
        found = answer(self.facts, self.now)
        full = [g.id for g in self.facts.guardians if g.authority == "full"]
        if any(self.last.get(who) in NOES for who in full):
            assert found.access == "block", "a no stands until the same guardian says yes anew"
        if found.access == "permit":
            assert self.facts.learner.standing == "active"
            assert any(e.begins_on <= self.now.date() <= (e.ends_on or e.begins_on) + timedelta(days=1)
                       for e in self.facts.enrolments)  # fmt: skip
            assert any(
                a.status == "active" and len(a.scopes) == 2 and a.valid_from is not None and a.valid_until is not None
                and a.valid_from <= self.now < a.valid_until for a in self.facts.authorisations
            )  # fmt: skip
            yeses = [who for who in full if self.last.get(who) == "given"]
            assert yeses
            assert self.facts.rule != "all" or set(yeses) == set(full)
            assert self.facts.rule != "joint" or self.facts.learner.assent == "given"

    @invariant()
    def the_answer_holds_until_until(self) -> None:
        found = answer(self.facts, self.now)
        ends = found.until or self.now + timedelta(days=3000)
        for part in (0.25, 0.5, 0.999):
            between = answer(self.facts, self.now + (ends - self.now) * part)
            assert (between.access, between.reasons, between.purposes) == (found.access, found.reasons, found.purposes)
        if found.until is not None:
            then = answer(self.facts, found.until)
            assert (then.access, then.reasons, then.purposes) != (found.access, found.reasons, found.purposes)


TestStory = Story.TestCase
TestStory.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
