"""Finds templates, migrations and static files in a checkout and in an installed wheel alike."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
_SHIPPED = PACKAGE / "_shipped"
_ROOT = _SHIPPED if _SHIPPED.is_dir() else PACKAGE.parent

TEMPLATES = _ROOT / "templates"
MIGRATIONS = _ROOT / "migrations"
STATIC = PACKAGE / "web" / "static"
LOCALES = PACKAGE / "locale"
