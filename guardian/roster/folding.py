"""The foldings of `people.domain` as SQL, for names that are stored; a test holds the two together."""

from guardian.people.domain import APOSTROPHES, DASHES, INVISIBLE, STROKES

_PAIRS = dict.fromkeys(APOSTROPHES, "'") | dict.fromkeys(DASHES, "-")
_SINGLE = _PAIRS | {one: many for one, many in STROKES.items() if len(many) == 1}
_DOUBLE = {one: many for one, many in STROKES.items() if len(many) > 1}


def _quoted(text: str) -> str:
    return text.replace("'", "''")


_FROM = _quoted("".join(_SINGLE) + INVISIBLE)
_TO = _quoted("".join(_SINGLE.values()))


def fold_sql(column: str) -> str:
    """An expression for `people.domain.folded(column)`; null gives the empty text."""
    text = f"translate(lower(normalize({column}, NFKD)), '{_FROM}', '{_TO}')"
    for one, many in _DOUBLE.items():
        text = f"replace({text}, '{one}', '{many}')"
    bare = f"regexp_replace({text}, '[\\u0300-\\u036f\\u0483-\\u0487\\u0591-\\u05bd\\u064b-\\u0652]', '', 'g')"
    return f"coalesce(btrim(regexp_replace({bare}, '\\s+', ' ', 'g')), '')"


def person_key_sql(column: str) -> str:
    """An expression for `people.domain.person_key(column)`."""
    parts = f"regexp_split_to_table({fold_sql(column)}, '[\\s,.\\-''*\"]+')"
    return (
        f"coalesce((select string_agg(part, ' ' order by part collate \"C\") from {parts} as part "
        "where part <> ''), '')"
    )
