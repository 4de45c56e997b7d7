"""Column shapes of the schema, with the defaults that Piccolo gets dangerously wrong stated once.

A Piccolo foreign key is nullable, unindexed and ON DELETE CASCADE unless told otherwise: deleting a learner
would silently erase consent evidence. A `Varchar` defaults to the empty string.
"""

from typing import Any

from piccolo.columns import UUID, Array, Boolean, Bytea, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete, OnUpdate
from piccolo.table import Table


def key() -> UUID:
    """The primary key: a version 7 UUID made by the context. The database makes none: Piccolo's own default would
    need the uuid-ossp extension, and a callable would be baked into the table as one constant.
    """
    return UUID(primary_key=True, default=None)


def link(to: type[Table] | str, *, null: bool = False, index: bool = True) -> ForeignKey[Any]:
    """A foreign key that refuses to delete what is still referred to."""
    return ForeignKey(
        references=to, null=null, default=None, on_delete=OnDelete.restrict, on_update=OnUpdate.restrict, index=index
    )


def word(*, null: bool = False, length: int = 255, **more: Any) -> Varchar:
    """A short text: a code, a state, a name. Never silently the empty string."""
    return Varchar(length=length, null=null, default=None, **more)


def personal(rule: str, *, length: int = 320) -> Varchar:
    """A column that holds personal data. `rule` says what empties or deletes it (see `PERSONAL` in `tables`)."""
    return Varchar(length=length, null=True, default=None, help_text=f"personal: {rule}")


def instant(*, null: bool = False, index: bool = False) -> Timestamptz:
    """An instant in UTC, always given by the caller's clock."""
    return Timestamptz(null=null, default=None, index=index)


def words(*, null: bool = False) -> Array:
    """A list of codes."""
    default = None if null else list
    return Array(base_column=Varchar(length=255, default=None, null=True), default=default, null=null)


def count() -> Integer:
    """A number that starts at nought."""
    return Integer(default=0, null=False)


def flag(*, default: bool = False) -> Boolean:
    """A yes or no."""
    return Boolean(default=default, null=False)


def digest(*, null: bool = False, unique: bool = False) -> Bytea:
    """A SHA-256 or HMAC value."""
    return Bytea(null=null, default=None, unique=unique, index=unique)
