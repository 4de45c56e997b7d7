"""Whoever runs the service finds every setting in the guide to production."""

from pathlib import Path

from guardian.settings import Settings

GUIDE = Path(__file__).parents[2] / "docs" / "production.md"
SET_BY_COMMANDS = {"demo"}


def test_every_setting_is_told() -> None:
    told = GUIDE.read_text(encoding="utf-8").replace("`, `_", "`, `GUARDIAN_OPERATOR_")
    names = [name for name in Settings.__struct_fields__ if name not in SET_BY_COMMANDS]
    assert len(names) > 20
    assert [name for name in names if f"`GUARDIAN_{name.upper()}`" not in told] == []
