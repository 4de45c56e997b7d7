"""Migrations run in the order of their ids, so that ids must rise with the numbers of their files."""

import re
from pathlib import Path

PLACE = Path(__file__).parents[2] / "migrations"


def test_ids_are_unique_and_rise_with_the_numbers() -> None:
    files = sorted(PLACE.glob("[0-9]*.py"))
    ids = [re.findall(r'^ID = "(.+)"$', path.read_text(encoding="utf-8"), re.MULTILINE) for path in files]
    assert len(files) > 4
    assert all(len(found) == 1 for found in ids)
    flat = [found[0] for found in ids]
    assert flat == sorted(set(flat))
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
