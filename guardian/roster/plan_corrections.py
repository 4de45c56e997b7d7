"""Corrections by hand are sticky: rows that still say what was corrected are given the stored value before anything is
compared, so that no import undoes a person's word and no guardian is taken for another one.

Leaves the table `agreed` (corrections with which the file agrees by now).
"""

from guardian.context import Tx
from guardian.roster.folding import fold_sql, person_key_sql
from guardian.roster.terms import Terms, run

_AGREED = "create temp table agreed (id uuid) on commit drop"
_GIVEN = f"{fold_sql('i.given')} in ({fold_sql('p.given_name')}, {fold_sql('p.old_given')})"
_FAMILY = f"{fold_sql('i.family')} in ({fold_sql('p.family_name')}, {fold_sql('p.old_family')})"
_BIRTH = "i.birth in (p.birth_date, p.old_birth)"

# Corrected learners with what the roster said of them, and the rows that are theirs: by the number and most of the
# name, else by the whole name and birth date. A number alone is nobody.
_LEARNERS = f"""
create temp table corrected on commit drop as
with people as (
    select l.id, e.student_id, l.given_name, l.family_name, l.birth_date, e.class_name,
        max(c.file_value) filter (where c.field = 'given_name') as old_given,
        max(c.file_value) filter (where c.field = 'family_name') as old_family,
        max(c.file_value) filter (where c.field = 'birth_date') as old_birth
    from corrections c join learners l on l.id = c.learner and l.erased_at is null
    join enrolments e on e.learner = l.id and e.institution = $institution
    where c.institution = $institution and c.guardian is null group by l.id, e.id
)
select i.n, i.row, p.id as learner, p.given_name, p.family_name, p.birth_date, p.class_name
from people p join incoming i on i.student_id = p.student_id and {_GIVEN} and ({_FAMILY} or {_BIRTH})
union all
select i.n, i.row, p.id, p.given_name, p.family_name, p.birth_date, p.class_name
from people p join incoming i on {_GIVEN} and {_FAMILY} and {_BIRTH}
where i.student_id is distinct from p.student_id and (p.student_id is null or i.student_id is null)
"""
_FIELDS = {"given_name": "given", "family_name": "family", "birth_date": "birth", "class_name": "class_name"}
_OF_FIELD = """
insert into agreed select c.id from corrections c join corrected d on d.learner = c.learner
join incoming i on i.n = d.n where c.guardian is null and c.field = '{field}' and i.{column} = d.{field};
with kept as (
    update incoming i set {column} = d.{field} from corrected d, corrections c
    where i.n = d.n and c.learner = d.learner and c.guardian is null and c.field = '{field}'
        and i.{column} is distinct from d.{field} and i.{column} is not null
    returning i.row
)
insert into incoming_codes (row, codes) select distinct row, array['CORRECTION_KEPT'] from kept
"""

_OLD = "max(c.file_value) filter (where c.field = 'guardian_{0}') as old_{0}"
_NAME = (
    f"(g.name is null or x.name is null or {person_key_sql('g.name')} in "
    f"({person_key_sql('x.name')}, {person_key_sql('x.old_name')}))"
)
# Corrected guardians with what the roster said of them, and whom the file means by them: the old or the new address,
# or, among the same learner's guardians, the same name.
_GUARDIANS = f"""
create temp table corrected_guardians on commit drop as
with people as (
    select g.id, g.name, g.email, g.email_key, g.phone, {_OLD.format("name")}, {_OLD.format("email")},
        bool_or(c.field in ('guardian_email', 'guardian_phone')) as moved
    from corrections c join guardians g on g.id = c.guardian and g.erased_at is null
    where c.institution = $institution group by g.id
)
select distinct g.turn, g.n, x.id as guardian, x.name, x.email, x.email_key, x.phone from people x
cross join lateral (values (x.email_key), (lower(x.old_email))) as a(key)
join incoming_guardians g on g.email_key = a.key and {_NAME}
union
select g.turn, g.n, x.id, x.name, x.email, x.email_key, x.phone from people x
join guardianships w on w.guardian = x.id and w.ended_at is null
join enrolments e on e.learner = w.learner and e.institution = $institution
join incoming i on i.student_id = e.student_id join incoming_guardians g on g.n = i.n
where x.moved and g.name is not null and x.name is not null and {_NAME}
    and not exists (select 1 from guardianships o join guardians y on y.id = o.guardian
        where o.learner = w.learner and y.id <> x.id and y.email_key = g.email_key)
"""
_GUARDIAN_FIELDS = {"guardian_name": ("name", "name"), "guardian_email": ("email", "email_key"),
                    "guardian_phone": ("phone", "phone")}  # fmt: skip
_OF_GUARDIAN = """
insert into agreed select c.id from corrections c join corrected_guardians d on d.guardian = c.guardian
join incoming_guardians g on g.turn = d.turn where c.learner is null and c.field = '{field}' and g.{key} = d.{key};
with kept as (
    update incoming_guardians g set {sets} from corrected_guardians d, corrections c
    where g.turn = d.turn and c.guardian = d.guardian and c.learner is null and c.field = '{field}'
        and g.{key} is not null and g.{key} is distinct from d.{key}
    returning g.n
)
insert into incoming_codes (row, codes)
select distinct i.row, array['CORRECTION_KEPT'] from kept k join incoming i on i.n = k.n
"""
_RELATIONS = """
insert into agreed select c.id from corrections c join corrected_guardians d on d.guardian = c.guardian
join enrolments e on e.learner = c.learner and e.institution = $institution
join guardianships w on w.learner = c.learner and w.guardian = c.guardian
join incoming i on i.n = d.n and i.student_id = e.student_id join incoming_guardians g on g.turn = d.turn
where c.field = 'guardian_relationship' and g.relationship = w.relationship;
with kept as (
    update incoming_guardians g set relationship = w.relationship, eligible = w.eligible
    from corrected_guardians d, corrections c, enrolments e, guardianships w, incoming i
    where g.turn = d.turn and c.guardian = d.guardian and c.field = 'guardian_relationship'
        and e.learner = c.learner and e.institution = $institution and w.learner = c.learner
        and w.guardian = c.guardian and i.n = d.n and i.student_id = e.student_id
        and g.relationship not in ('unknown', w.relationship)
    returning i.row
)
insert into incoming_codes (row, codes) select distinct row, array['CORRECTION_KEPT'] from kept
"""


async def apply(tx: Tx, terms: Terms) -> None:
    """Give rows the stored value where a person corrected it, and say so with the rows; makes the table `agreed`."""
    await tx.execute(_AGREED)
    about = await tx.fetchrow(
        "select bool_or(guardian is null) as learners, bool_or(guardian is not null) as guardians from corrections "
        "where institution = $1",
        terms.institution,
    )
    if about is not None and about["learners"]:
        await run(tx, terms, _LEARNERS)
        for field, column in _FIELDS.items():
            await tx.execute(_OF_FIELD.format(field=field, column=column))
    if about is not None and about["guardians"]:
        await run(tx, terms, _GUARDIANS)
        for field, (column, key) in _GUARDIAN_FIELDS.items():
            sets = f"{column} = d.{column}" + (f", {key} = d.{key}" if key != column else "")
            await tx.execute(_OF_GUARDIAN.format(field=field, key=key, sets=sets))
        await run(tx, terms, _RELATIONS)
