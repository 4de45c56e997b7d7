"""Every letter has a subject, a text and an HTML form."""

import pytest

from tests.architecture.sources import TEMPLATES

PARTS = (".subject.txt", ".txt", ".html")
EMAIL = TEMPLATES / "email"


def _letters() -> list[str]:
    """The letters: the files without the parts they share, whose names begin with `_`."""
    names = [path.name for path in EMAIL.glob("*") if path.is_file() and not path.name.startswith("_")]
    return sorted({name.partition(".")[0] for name in names})


@pytest.mark.skipif(not EMAIL.is_dir(), reason="no templates yet")
def test_every_letter_has_subject_text_and_html() -> None:
    missing = [
        f"{letter}{part}" for letter in _letters() for part in PARTS if not (EMAIL / f"{letter}{part}").is_file()
    ]
    assert not missing, "\n" + "\n".join(missing)
    assert _letters()
