"""The tables as they stood at an instant, for a decision of the past: SQL that shadows each table by its versions.

Two views of one instant. *As known then*: what was on record at that instant, and nothing that was recorded later, so
that the answer which was given then is given again. *As known now*: the same instant judged with today's knowledge of
what was so: corrected birth dates and days of enrolment, enrolments and relations entered late, answers entered late
for an earlier day, an answer found to have been void. What only happened later changes neither: an authorisation
revoked today was in force yesterday.

Parameters: $1 the learners, $2 the instant, $3 whether later corrections count.
"""

from typing import Literal

Known = Literal["then", "now"]
"""`then`: as known at the instant asked about (the default); `now`: with later corrections."""


def _was(kind: str, table: str, *, unless: str = "false") -> str:
    """Join each row (alias `x`) with what it said at $2; `r` is the row as it was."""
    return (
        f"left join lateral (select v.facts from fact_versions v where v.subject = x.id::text and v.kind = '{kind}' "
        f"and v.until > $2 and not ({unless}) order by v.until, v.id limit 1) v on true "
        f"cross join lateral jsonb_populate_record(x, coalesce(v.facts, '{{}}'){_KEPT.get(table, '')}) r"
    )


_KEPT = {"learners": " - case when $3 then 'birth_date' else '' end"}
_OF_LEARNERS = "x.learner in (select id from learners)"

_SHADOWS = f"""
with learners as (
 select r.id, r.platform_id, r.revision, r.created_at, r.jurisdictions, r.timezone,
  case when r.created_at <= $2 then r.standing else 'active' end as standing, r.assent,
  case when $3 or r.created_at <= $2 then r.birth_date end as birth_date
 from learners x {_was("learner", "learners")} where WHICH),
enrolments as (
 select r.* from enrolments x {_was("enrolment", "enrolments", unless="$3")}
 where {_OF_LEARNERS} and ($3 or x.created_at <= $2)),
authorisations as (
 select r.* from authorisations x {_was("authorisation", "authorisations")}
 where x.institution in (select institution from enrolments) and x.created_at <= $2),
guardianships as (
 select r.* from guardianships x {_was("guardianship", "guardianships")}
 where {_OF_LEARNERS} and ($3 or x.created_at <= $2)),
guardians as (
 select r.* from guardians x {_was("guardian", "guardians")} where x.id in (select guardian from guardianships)),
told as (
 select r.id, r.learner, r.guardian, r.purpose, r.state, r.method, r.notice_version, r.valid_until, r.recorded_at,
  case when $3 and r.state = 'void' then coalesce((select max(p.completed_at) from consents p
   where p.learner = r.learner and p.guardian = r.guardian and p.purpose = r.purpose and p.id <> r.id
   and p.completed_at <= r.completed_at), r.completed_at) else r.completed_at end as completed_at
 from consents x {_was("consent", "consents", unless="$3")} where {_OF_LEARNERS}),
consents as (
 select id, learner, guardian, purpose, state, method, notice_version, valid_until, completed_at,
  least(recorded_at, $2) as recorded_at
 from told where recorded_at <= $2 or ($3 and completed_at <= $2)),
own_answers as (select x.* from own_answers x where {_OF_LEARNERS} and x.recorded_at <= $2),
consent_requests as (
 select x.id, case when x.sent_at <= $2 then x.sent_at end as sent_at from consent_requests x
 where x.id in (select q.request from consent_request_learners q where q.learner in (select id from learners))),
flags as (
 select x.id, x.kind, x.learner, x.severity, x.since,
  case when x.resolved_at <= $2 then 'resolved' else 'open' end as state
 from flags x where {_OF_LEARNERS} and x.since <= $2),
holds as (
 select x.id, x.learner, case when x.released_at <= $2 then x.released_at end as released_at
 from holds x where {_OF_LEARNERS} and x.created_at <= $2)
"""


def shadows(which: str) -> str:
    """The tables as they were, for the learners (alias `x`) that a condition picks. One of whom nothing was on record
    yet counts as one of whom nothing is known: under age, enrolled nowhere.
    """
    return _SHADOWS.replace("WHICH", which)


PURPOSES_THEN = """
with purposes as (
 select r.* from purposes x
 left join lateral (select v.facts from fact_versions v where v.subject = x.code and v.kind = 'purpose'
  and v.until > $1 order by v.until, v.id limit 1) v on true
 cross join lateral jsonb_populate_record(x, coalesce(v.facts, '{}')) r)
"""
"""The purposes as they stood at $1."""
