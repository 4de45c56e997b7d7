"""What facts said before they were changed, and what a learner of age answers."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete
from piccolo.columns.base import OnUpdate
from piccolo.columns.column_types import BigSerial
from piccolo.columns.column_types import ForeignKey
from piccolo.columns.column_types import Integer
from piccolo.columns.column_types import JSONB
from piccolo.columns.column_types import Timestamptz
from piccolo.columns.column_types import UUID
from piccolo.columns.column_types import Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Check
from piccolo.constraints import Unique
from piccolo.engine.finder import engine_finder
from piccolo.table import Table


class LearnerRow(Table, tablename="learners", schema=None):
    id = UUID(
        default=None,
        null=False,
        primary_key=True,
        unique=False,
        index=False,
        index_method=IndexMethod.btree,
        choices=None,
        db_column_name=None,
        secret=False,
    )


ID = "2026-11-25T18:10:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "history of facts, learners' own answers"


SQL = """
set local lock_timeout = '5s';

create index fact_versions_of on fact_versions (subject, until, id);
create index own_answers_latest on own_answers (learner, purpose, recorded_at);

-- The instant of a command: what its clock says; a statement outside of every command has only the server's.
create function app_now() returns timestamptz language sql stable as $$
    select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, clock_timestamp())
$$;

-- Arguments: the kind, the column that names the learner ('' for none), then the columns to keep.
-- Whoever may change the row, the version is written as the operator: nobody else writes this table.
create function keep_version() returns trigger language plpgsql as $$
declare
    was jsonb := to_jsonb(old);
    scope text := coalesce(current_setting('app.scope', true), '');
begin
    perform set_config('app.scope', 'operator', true);
    insert into fact_versions (kind, subject, learner, until, facts)
    select tg_argv[0], coalesce(was ->> 'id', was ->> 'code'), nullif(was ->> tg_argv[1], '')::uuid, app_now(),
        jsonb_object_agg(name, was -> name) from unnest(tg_argv[2:]) as name;
    perform set_config('app.scope', scope, true);
    return null;
end $$;
create trigger learners_versions after update on learners for each row
    when (new.erased_at is null and (old.birth_date, old.jurisdictions, old.timezone, old.standing, old.assent)
        is distinct from (new.birth_date, new.jurisdictions, new.timezone, new.standing, new.assent))
    execute function keep_version('learner', 'id', 'birth_date', 'jurisdictions', 'timezone', 'standing', 'assent');
create trigger enrolments_versions after update on enrolments for each row
    when ((old.begins_on, old.ends_on) is distinct from (new.begins_on, new.ends_on))
    execute function keep_version('enrolment', 'learner', 'begins_on', 'ends_on');
create trigger guardianships_versions after update on guardianships for each row
    when ((old.authority, old.ended_at) is distinct from (new.authority, new.ended_at))
    execute function keep_version('guardianship', 'learner', 'authority', 'ended_at');
create trigger authorisations_versions after update on authorisations for each row
    when ((old.state, old.legal_model, old.scopes, old.purposes, old.valid_from, old.valid_until)
        is distinct from (new.state, new.legal_model, new.scopes, new.purposes, new.valid_from, new.valid_until))
    execute function keep_version('authorisation', '', 'state', 'legal_model', 'scopes', 'purposes', 'valid_from',
        'valid_until');
create trigger consents_versions after update on consents for each row
    when (old.completed_at is not null and old.completed_at is distinct from new.completed_at)
    execute function keep_version('consent', 'learner', 'completed_at');
create trigger purposes_versions after update on purposes for each row
    when ((old.core, old.disclosure, old.commercial, old.guardian_always)
        is distinct from (new.core, new.disclosure, new.commercial, new.guardian_always))
    execute function keep_version('purpose', '', 'core', 'disclosure', 'commercial', 'guardian_always');

-- Of a guardian only whether there was a way to reach them; never the address.
create function keep_reachability() returns trigger language plpgsql as $$
declare
    scope text := coalesce(current_setting('app.scope', true), '');
begin
    perform set_config('app.scope', 'operator', true);
    insert into fact_versions (kind, subject, until, facts) values ('guardian', old.id::text, app_now(),
        jsonb_build_object('email', case when old.email is not null and old.unreachable_since is null then '@' end,
            'unreachable_since', null));
    perform set_config('app.scope', scope, true);
    return null;
end $$;
create trigger guardians_versions after update on guardians for each row
    when ((old.email is not null and old.unreachable_since is null)
        is distinct from (new.email is not null and new.unreachable_since is null))
    execute function keep_reachability();

create trigger own_answers_append_only before update or delete or truncate on own_answers
    for each statement execute function refuse_change();
create trigger own_answers_touch after insert on own_answers referencing new table as changed
    for each statement execute function touch_by_learner();

-- What a learner of age answers is not shown to guardians; what facts said before, to the operator alone.
do $$
declare
    place text;
    pupil text;
begin
    foreach place in array array['fact_versions', 'own_answers', 'age_ups'] loop
        pupil := case when place = 'fact_versions' then '' else ' or app_pupil(learner)' end;
        execute format('alter table %I enable row level security', place);
        execute format('alter table %I force row level security', place);
        execute format('create policy %I on %I for select using ((select app_sees_all())%s)', place || '_read', place,
            pupil);
        execute format('create policy %I on %I for update using ((select app_sees_all()))', place || '_change', place);
        execute format('create policy %I on %I for delete using ((select app_sees_all()))', place || '_delete', place);
        execute format('create policy %I on %I for insert with check ((select app_sees_all()))', place || '_insert',
            place);
    end loop;
end $$;

-- One word more in two lists, whatever else stands in them.
do $$
declare
    one record;
begin
    for one in select * from (values ('links', 'ck_purpose', 'own'), ('mail_messages', 'ck_kind', 'learner'))
        as v (place, name, word)
    loop
        execute format('alter table %I drop constraint %I, add constraint %I %s', one.place, one.name, one.name, (
            select regexp_replace(pg_get_constraintdef(oid), 'ARRAY\\[', format('ARRAY[%L::character varying, ', one.word))
            from pg_constraint where conrelid = one.place::regclass and conname = one.name));
    end loop;
end $$;
"""


class ThenFixed(MigrationManager):
    """Raw steps of a plain one run before its tables exist; these run when they do, in the same transaction."""

    async def _run_add_constraints(self, backwards=False):
        await super()._run_add_constraints(backwards=backwards)
        await engine_finder().current_transaction.get().connection.execute(SQL)


async def forwards():
    manager = ThenFixed(
        migration_id=ID, app_name="guardian", description=DESCRIPTION
    )

    manager.add_table(
        class_name="AgeUpRow", tablename="age_ups", schema=None, columns=None
    )

    manager.add_table(
        class_name="OwnAnswerRow",
        tablename="own_answers",
        schema=None,
        columns=None,
    )

    manager.add_table(
        class_name="FactVersionRow",
        tablename="fact_versions",
        schema=None,
        columns=None,
    )

    manager.add_column(
        table_class_name="AgeUpRow",
        tablename="age_ups",
        column_name="id",
        db_column_name="id",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": None,
            "null": False,
            "primary_key": True,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="AgeUpRow",
        tablename="age_ups",
        column_name="learner",
        db_column_name="learner",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": LearnerRow,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.restrict,
            "target_column": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="AgeUpRow",
        tablename="age_ups",
        column_name="announced_at",
        db_column_name="announced_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="AgeUpRow",
        tablename="age_ups",
        column_name="threshold_at",
        db_column_name="threshold_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="OwnAnswerRow",
        tablename="own_answers",
        column_name="id",
        db_column_name="id",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": None,
            "null": False,
            "primary_key": True,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="OwnAnswerRow",
        tablename="own_answers",
        column_name="learner",
        db_column_name="learner",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": LearnerRow,
            "on_delete": OnDelete.restrict,
            "on_update": OnUpdate.restrict,
            "target_column": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="OwnAnswerRow",
        tablename="own_answers",
        column_name="purpose",
        db_column_name="purpose",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 64,
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="OwnAnswerRow",
        tablename="own_answers",
        column_name="state",
        db_column_name="state",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 16,
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="OwnAnswerRow",
        tablename="own_answers",
        column_name="notice_version",
        db_column_name="notice_version",
        column_class_name="Integer",
        column_class=Integer,
        params={
            "default": 0,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="OwnAnswerRow",
        tablename="own_answers",
        column_name="notice_sha256",
        db_column_name="notice_sha256",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 64,
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="OwnAnswerRow",
        tablename="own_answers",
        column_name="language",
        db_column_name="language",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 10,
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="OwnAnswerRow",
        tablename="own_answers",
        column_name="recorded_at",
        db_column_name="recorded_at",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="OwnAnswerRow",
        tablename="own_answers",
        column_name="act",
        db_column_name="act",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="FactVersionRow",
        tablename="fact_versions",
        column_name="id",
        db_column_name="id",
        column_class_name="BigSerial",
        column_class=BigSerial,
        params={
            "null": False,
            "primary_key": True,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="FactVersionRow",
        tablename="fact_versions",
        column_name="kind",
        db_column_name="kind",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 24,
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="FactVersionRow",
        tablename="fact_versions",
        column_name="subject",
        db_column_name="subject",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 64,
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="FactVersionRow",
        tablename="fact_versions",
        column_name="learner",
        db_column_name="learner",
        column_class_name="UUID",
        column_class=UUID,
        params={
            "default": None,
            "null": True,
            "primary_key": False,
            "unique": False,
            "index": True,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="FactVersionRow",
        tablename="fact_versions",
        column_name="until",
        db_column_name="until",
        column_class_name="Timestamptz",
        column_class=Timestamptz,
        params={
            "default": None,
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_column(
        table_class_name="FactVersionRow",
        tablename="fact_versions",
        column_name="facts",
        db_column_name="facts",
        column_class_name="JSONB",
        column_class=JSONB,
        params={
            "default": "{}",
            "null": False,
            "primary_key": False,
            "unique": False,
            "index": False,
            "index_method": IndexMethod.btree,
            "choices": None,
            "db_column_name": None,
            "secret": False,
        },
        schema=None,
    )

    manager.add_constraint(
        table_class_name="AgeUpRow",
        tablename="age_ups",
        constraint_name="uq_age_ups",
        constraint_class=Unique,
        params={"columns": ["learner"], "nulls_distinct": True},
        schema=None,
    )

    manager.add_constraint(
        table_class_name="OwnAnswerRow",
        tablename="own_answers",
        constraint_name="ck_state",
        constraint_class=Check,
        params={"condition": "state in ('given', 'declined', 'withdrawn')"},
        schema=None,
    )

    return manager
