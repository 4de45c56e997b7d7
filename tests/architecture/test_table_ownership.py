"""A write to a table stands only in the module that the table's docstring names (`Writer: guardian.people.store`)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from piccolo.table import Table

from guardian.db.tables import TABLES
from tests.architecture.sources import modules, strings, tree

_WRITE = re.compile(
    r"\b(?:insert\s+into|update(?:\s+only)?|delete\s+from(?:\s+only)?|merge\s+into|truncate(?:\s+table)?|copy)"
    r'\s+"?(?:public"?\.)?"?([a-z_]+)\b',
    re.IGNORECASE,
)
_ORM = {"insert", "update", "delete", "create_table", "alter"}


def _writers(table: type[Table]) -> set[str]:
    words = (table.__doc__ or "").partition("Writer:")[2]
    return set(re.findall(r"guardian(?:\.\w+)+", words))


OWNERS = {table._meta.tablename: _writers(table) for table in TABLES}
ROWS = {table.__name__: table._meta.tablename for table in TABLES}


def writes(path: Path) -> Iterator[tuple[int, str]]:
    """The line and the table of every write in a module: in SQL, through Piccolo, by COPY."""
    for line, text in strings(path):
        for match in _WRITE.finditer(text):
            if match[1].lower() in OWNERS:
                yield line, match[1].lower()
    for node in ast.walk(tree(path)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner, verb = node.func.value, node.func.attr
        if verb in _ORM and isinstance(owner, ast.Name) and owner.id in ROWS:
            yield node.lineno, ROWS[owner.id]
        if verb == "copy_records_to_table" and node.args and isinstance(node.args[0], ast.Constant):
            table = str(node.args[0].value)
            if table in OWNERS:
                yield node.lineno, table


@pytest.mark.parametrize("table", sorted(OWNERS))
def test_the_table_names_writers_that_exist(table: str) -> None:
    assert OWNERS[table], f"{table}: its docstring names no `Writer:`"
    assert OWNERS[table] <= set(modules())


def test_no_module_writes_another_ones_table() -> None:
    strangers = [
        f"{name}:{line} writes {table}, which belongs to {', '.join(sorted(OWNERS[table]))}"
        for name, path in modules().items()
        for line, table in writes(path)
        if name not in OWNERS[table] and not name.startswith("guardian.bench.")  # it fills a database of its own
    ]
    assert not strangers, "\n" + "\n".join(strangers)


def test_writes_are_recognised(tmp_path: Path) -> None:
    table = min(OWNERS)
    row = next(name for name, known in ROWS.items() if known == table)
    source = (
        f'a = "INSERT  INTO {table} (id) VALUES ($1)"\n'
        f'b = f"update {table} set {{x}} = 1"\n'
        f"c = {row}.delete()\n"
        f'd = con.copy_records_to_table("{table}")\n'
        f'"""Docstring: delete from {table}"""\n'
        f'e = "select 1 from {table} for update"\n'
    )
    path = tmp_path / "module.py"
    path.write_text(source)
    assert sorted(writes(path)) == [(1, table), (2, table), (3, table), (4, table)]
