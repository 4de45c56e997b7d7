"""Puts a letter's template into a language when it is loaded, so that rendering a letter translates nothing.

A template says `{{ _("%(school)s asks you.", school=school|name) }}`; what is compiled for French is the French
sentence with `{{ school|name }}` in its place. The same calls are what the catalogues are extracted from.
"""

import re
from collections.abc import Callable

from markupsafe import escape

_CALL = re.compile(r"""\{\{\s*_\(\s*"((?:[^"\\]|\\.)*)"((?:\s*,\s*\w+\s*=\s*[\w.]+(?:\|\w+)?)*)\s*\)\s*\}\}""")
_PLACE = re.compile(r"%\((\w+)\)s")
_ARGUMENT = re.compile(r"(\w+)\s*=\s*([\w.]+(?:\|\w+)?)")


def localised(source: str, translate: Callable[[str], str], *, html: bool) -> str:
    """The template's source in the language of `translate`. Raises ValueError where a call is not as above, or a
    translation names a place that the call does not fill.
    """

    def sentence(found: re.Match[str]) -> str:
        message, arguments = found[1].replace('\\"', '"'), dict(_ARGUMENT.findall(found[2]))
        translated = translate(message)
        if "{{" in translated or "{%" in translated:
            raise ValueError(f"a translation must not hold template code: {message[:60]!r}")
        shown = str(escape(translated)) if html else translated
        try:
            return _PLACE.sub(lambda place: "{{ " + arguments[place[1]] + " }}", shown).replace("%%", "%")
        except KeyError as error:
            raise ValueError(f"nothing fills the place {error} of {message[:60]!r}") from error

    done = _CALL.sub(sentence, source)
    if re.search(r"\b_\(", done):
        raise ValueError('a call must read _("…", place=value|filter) and stand alone between its braces')
    return done
