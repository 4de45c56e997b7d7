"""Telephone numbers: valid with 7 to 15 digits. Normalising never loses a number that the tables do not know."""

import re
from functools import cache

import phonenumbers
from phonenumbers import PhoneMetadata

from guardian.roster.reading.fields.cell import Numeric, value

_ALLOWED = re.compile(r"[+0-9 ().\-/\u00a0]+(?:(?:ext|x|poste|wew|Durchwahl)\.? ?\d{1,5})?", re.IGNORECASE)
_EXTENSION = re.compile(r"\s*(?:ext|x|poste|wew|Durchwahl)\.? ?\d{1,5}$", re.IGNORECASE)
_DIGITS = re.compile(r"\D+")
_BETWEEN = re.compile(r"[;,|\n]+|\s+(?:/|and|et|i|y|und|or|lub|ou)\s+|(?<=\d{6})\s*/\s*(?=[+\d][\d ]{6})")
LONGEST_CELL = 500
_KINDS = ("fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "voip", "personal_number", "pager", "uan")


def phones(text: str, region: str | None) -> list[tuple[str, str]]:
    """The numbers of one cell with a code each: '', PHONE_INVALID, or PHONE_NUMERIC where a workbook held a
    number, so that leading zeros may be lost.
    """
    if isinstance(text, Numeric):
        found = _one(value(text), region)
        return [(found, "PHONE_NUMERIC" if found else "PHONE_INVALID")]
    cleaned = value(text)
    if not cleaned:
        return []
    if len(cleaned) > LONGEST_CELL:
        return [(cleaned[:50], "PHONE_INVALID")]
    whole = _one(cleaned, region)
    if whole:
        return [(whole, "")]
    pieces = [piece.strip() for piece in _BETWEEN.split(text) if piece.strip()]
    found_pieces = [(one, "") for piece in pieces if (one := _one(_bare(piece), region))]
    return found_pieces or [(cleaned, "PHONE_INVALID")]


def simple_phone(text: str, region: str | None) -> str:
    """A number of digits and blanks only, perhaps behind a `+`; empty where it is too short or too long."""
    digits = text.replace(" ", "").removeprefix("+")
    return (_normal(text, digits, region) or text) if 7 <= len(digits) <= 15 else ""


def _bare(piece: str) -> str:
    """Without a label in front or behind: «mum: 07700 900111 (work)»."""
    return re.sub(r"^[^\d+]+|[^\d]+$", "", value(piece))


def _one(text: str, region: str | None) -> str:
    digits = _DIGITS.sub("", _EXTENSION.sub("", text))
    if not 7 <= len(digits) <= 15 or not _ALLOWED.fullmatch(text):
        return ""
    return _normal(text, digits, region) or text


def _normal(text: str, digits: str, region: str | None) -> str | None:
    """E.164 where the number is valid, else None."""
    text = text.lstrip("(")
    if text.startswith(("+", "00")):
        digits = digits if text[0] == "+" else digits[2:]
        for length in (1, 2, 3):
            code = digits[:length]
            if code and int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE:
                national = digits[length:]
                if "(0)" in text and national.startswith("0"):
                    national = national[1:]
                return f"+{code}{national}" if _valid(int(code)).fullmatch(national) else None
        return None
    if region is None or not (metadata := PhoneMetadata.metadata_for_region(region)):
        return None
    prefix = metadata.national_prefix
    national = digits[len(prefix) :] if prefix and digits.startswith(prefix) else digits
    return f"+{metadata.country_code}{national}" if _valid(metadata.country_code).fullmatch(national) else None


@cache
def _valid(country_code: int) -> re.Pattern[str]:
    """All valid national numbers of a country code, from the library's tables: its own parser is 30 times slower."""
    patterns = set()
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE[country_code]:
        metadata = (
            PhoneMetadata.metadata_for_nongeo_region(country_code)
            if region == "001"
            else PhoneMetadata.metadata_for_region(region)
        )
        for kind in _KINDS:
            described = getattr(metadata, kind, None)
            if described is not None and described.national_number_pattern:
                patterns.add(described.national_number_pattern)
    return re.compile("|".join(f"(?:{pattern})" for pattern in sorted(patterns)) or r"(?!)")
