"""Names of languages in a roster: their ISO 639 code where it is sure."""

from functools import lru_cache

from guardian.roster.reading.fields.cell import value
from guardian.roster.reading.folding import plain

_NAMES = {
    "en": "en eng english anglais angielski ingles englisch",
    "fr": "fr fra fre french francais francuski frances franzosisch",
    "pl": "pl pol polish polonais polski polaco polnisch",
    "es": "es spa spanish espagnol hiszpanski espanol castellano spanisch",
    "de": "de deu ger german allemand niemiecki aleman deutsch",
    "pt": "pt por portuguese portugais portugalski portugues portugiesisch",
    "ar": "ar ara arabic arabe arabski arabisch",
    "uk": "uk ukr ukrainian ukrainien ukrainski ukrainisch",
    "ru": "ru rus russian russe rosyjski ruso russisch",
    "tr": "tr tur turkish turc turecki turco turkisch",
    "ro": "ro ron rum romanian roumain rumunski rumano rumanisch",
    "it": "it ita italian italien wloski italiano italienisch",
    "nl": "nl nld dut dutch neerlandais holenderski niederlandisch",
    "vi": "vi vie vietnamese vietnamien wietnamski vietnamesisch",
    "zh": "zh zho chi chinese chinois chinski chino chinesisch mandarin",
    "ur": "ur urd urdu",
    "so": "so som somali",
    "fa": "fa fas per persian farsi dari",
    "he": "he heb hebrew",
}
_CODES = {name: code for code, names in _NAMES.items() for name in names.split()}


@lru_cache(maxsize=1024)
def language(text: str) -> str:
    """The code of a named language, else the text as written, at most 35 characters (BCP 47's longest tag)."""
    text = value(text)
    if not text:
        return ""
    known = plain(text).strip(" .")
    return _CODES.get(known) or _CODES.get(known.replace("_", "-").partition("-")[0], "") or text[:35]
