"""What was signed is kept as the bytes made then; why an authorisation was ended stands beside it."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.columns.column_types import UUID, Bytea, ForeignKey, Timestamptz, Varchar
from piccolo.columns.indexes import IndexMethod
from piccolo.constraints import Unique
from piccolo.engine.finder import engine_finder
from piccolo.table import Table


class AuthorisationRow(Table, tablename="authorisations", schema=None):
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


class InstitutionRow(Table, tablename="institutions", schema=None):
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


ID = "2026-11-25T17:40:00:000000"
VERSION = "1.38.0"
DESCRIPTION = "authorisation documents and reasons"


SQL = """
set local lock_timeout = '5s';

-- What was signed is never made anew: a kept document is only ever emptied.
create function document_is_fixed() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.pdf is null and to_jsonb(new) - 'pdf' = to_jsonb(old) - 'pdf' then
        return new;
    end if;
    raise exception 'a signed document is immutable' using errcode = 'restrict_violation';
end $$;
create trigger authorisation_documents_fixed before update or delete on authorisation_documents
    for each row execute function document_is_fixed();

alter table authorisation_documents enable row level security;
alter table authorisation_documents force row level security;
create policy authorisation_documents_read on authorisation_documents for select
    using ((select app_sees_all()) or institution = (select app_institution()));
create policy authorisation_documents_change on authorisation_documents for update
    using ((select app_sees_all()) or institution = (select app_institution()));
create policy authorisation_documents_delete on authorisation_documents for delete
    using ((select app_sees_all()) or institution = (select app_institution()));
create policy authorisation_documents_insert on authorisation_documents for insert
    with check ((select app_sees_all()) or institution = (select app_institution()));
"""


class ThenFixed(MigrationManager):
    """Raw steps of a plain one run before its tables exist; these run when they do, in the same transaction."""

    async def _run_add_constraints(self, backwards=False):
        await super()._run_add_constraints(backwards=backwards)
        await engine_finder().current_transaction.get().connection.execute(SQL)


async def forwards():
    manager = ThenFixed(migration_id=ID, app_name="guardian", description=DESCRIPTION)

    manager.add_table(
        class_name="AuthorisationDocumentRow",
        tablename="authorisation_documents",
        schema=None,
        columns=None,
    )

    manager.add_column(
        table_class_name="AuthorisationDocumentRow",
        tablename="authorisation_documents",
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
        table_class_name="AuthorisationDocumentRow",
        tablename="authorisation_documents",
        column_name="authorisation",
        db_column_name="authorisation",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": AuthorisationRow,
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
        table_class_name="AuthorisationDocumentRow",
        tablename="authorisation_documents",
        column_name="institution",
        db_column_name="institution",
        column_class_name="ForeignKey",
        column_class=ForeignKey,
        params={
            "references": InstitutionRow,
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
        table_class_name="AuthorisationDocumentRow",
        tablename="authorisation_documents",
        column_name="pdf",
        db_column_name="pdf",
        column_class_name="Bytea",
        column_class=Bytea,
        params={
            "default": None,
            "null": True,
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
        table_class_name="AuthorisationDocumentRow",
        tablename="authorisation_documents",
        column_name="sha256",
        db_column_name="sha256",
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
        table_class_name="AuthorisationDocumentRow",
        tablename="authorisation_documents",
        column_name="made_at",
        db_column_name="made_at",
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

    manager.add_constraint(
        table_class_name="AuthorisationDocumentRow",
        tablename="authorisation_documents",
        constraint_name="uq_authorisation_documents",
        constraint_class=Unique,
        params={"columns": ["authorisation"], "nulls_distinct": True},
        schema=None,
    )

    manager.add_column(
        table_class_name="AuthorisationRow",
        tablename="authorisations",
        column_name="reason",
        db_column_name="reason",
        column_class_name="Varchar",
        column_class=Varchar,
        params={
            "length": 500,
            "default": None,
            "null": True,
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

    return manager
