"""What a locale such as `fr`, `pl-PL` or `en-GB` says about dates and telephone numbers."""

from guardian.roster.reading.fields.dates import Order

_REGIONS = {"fr": "FR", "pl": "PL", "es": "ES", "de": "DE", "it": "IT", "pt": "PT", "nl": "NL"}
_MONTH_FIRST = frozenset({"US", "PH"})


def _split(locale: str | None) -> tuple[str, str]:
    language, _, region = (locale or "").replace("_", "-").partition("-")
    return language.casefold(), region.upper()[:2]


def language_of(locale: str | None) -> str | None:
    """The language of a locale."""
    return _split(locale)[0] or None


def region_of(locale: str | None) -> str | None:
    """The country whose telephone numbers need no prefix; None where the locale does not tell."""
    language, region = _split(locale)
    return region or _REGIONS.get(language)


def day_order(locale: str | None) -> Order | None:
    """How dates are written there; English alone does not tell."""
    language, region = _split(locale)
    if region in _MONTH_FIRST:
        return "mdy"
    return "dmy" if region or language in _REGIONS else None
