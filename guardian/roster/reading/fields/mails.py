"""E-mail addresses as people type them."""

import re
import unicodedata
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from guardian.roster.reading.fields.cell import value
from guardian.roster.reading.fields.relationships import relationship
from guardian.roster.reading.folding import ZERO_WIDTH, word_set

_GOOD = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z]"
)
_BETWEEN = re.compile(r"[;,|\n\r\t]+|\s+/\s*|\s+(?:and|et|i|y|und|oraz|&|or|lub|ou)\s+|(?<=[a-z])/(?=[^/@]+@)")
_NAMED = re.compile(r"^(.*?)[<\[(]\s*([^<>\[\]()]+@[^<>\[\]()]+?)\s*[>\])]$", re.DOTALL)
_BEHIND = re.compile(r"^(\S+@\S+)\s+\(([^()]*)\)$")
_LABEL = re.compile(r"^([^\W\d_][\w .'\-]{0,40}?)\s*[:=]\s*(?=\S+@)")
LONGEST = 254
LONGEST_CELL = 2_000
"""Characters of a cell that can be addresses: a dozen of them with their names."""
FREE = word_set(
    "gmail.com googlemail.com outlook.com hotmail.com hotmail.fr live.com yahoo.com yahoo.fr icloud.com "
    "me.com aol.com orange.fr wanadoo.fr free.fr sfr.fr laposte.net wp.pl o2.pl onet.pl interia.pl op.pl "
    "gmx.de gmx.net web.de t-online.de proton.me protonmail.com msn.com yahoo.co.uk hotmail.co.uk "
    "btinternet.com sky.com"
)
"""Mail providers anybody may use: sharing such a domain says nothing."""

_OFTEN = (
    "gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "hotmail.fr", "yahoo.fr", "orange.fr",
    "wanadoo.fr", "laposte.net", "hotmail.co.uk", "yahoo.co.uk", "btinternet.com", "interia.pl", "googlemail.com",
    "t-online.de", "outlook.fr", "hotmail.es", "protonmail.com",
)  # fmt: skip
_PROVIDERS = (
    FREE
    | frozenset(_OFTEN)
    | word_set(
        "mail.com ymail.com email.com gmx.com gmx.fr gmx.at live.fr live.co.uk hotmail.de hotmail.it hotmail.be "
        "hotmail.ch hotmail.pl hotmail.ca yahoo.es yahoo.de yahoo.it yahoo.ca yahoo.pl outlook.es outlook.de "
        "outlook.pl orange.pl "
        "orange.es orange.be orange.ch yahoo.co.in yahoo.co.jp rocketmail.com fastmail.com hotmail.no "
        "yahoo.ro interia.eu"
    )
)


def split(text: str) -> list[tuple[str, str, str]]:
    """The addresses of one cell: (address, label or name that stands with it, code).

    The code is EMAIL_CLEANED where more than white space was taken off, EMAIL_INVALID where it is no address.
    """
    if _GOOD.fullmatch(text) and len(text) <= LONGEST:
        return [(_address(text), "", "")]
    whole = value(text)
    if not whole:
        return []
    if len(whole) > LONGEST_CELL:  # patterns that look back would take minutes over it
        return [(whole[:LONGEST], "", "EMAIL_INVALID")]
    text = _keep_names_together(unicodedata.normalize("NFKC", text))
    found: list[tuple[str, str, str]] = []
    label = ""
    for piece in _BETWEEN.split(text):
        for address, named, code in _addresses(piece):
            if code and "@" not in address:
                label = address  # a word beside an address is its label: «mum; a@…»
                continue
            found.append((address, named or label, code))
            label = ""
    if not found:
        return [(whole, "", "EMAIL_INVALID")]
    address, named, code = found[0]
    if len(found) == 1 and not code and address.casefold() != " ".join(text.split()).casefold():
        return [(address, named, "EMAIL_CLEANED")]
    return found


def _addresses(piece: str) -> list[tuple[str, str, str]]:
    """The addresses between two separators. A blank separates two addresses; before an address it is only
    trusted after a relationship word or a colon: `john smith@…` must never become `smith@…`.
    """
    piece = piece.replace("\x1f", " ").replace("\x1e", ",").strip()
    if not piece:
        return []
    alone = _one(piece)
    words = piece.split()
    if not alone[2] or len(words) == 1:
        return [alone]
    if all("@" in word for word in words):
        return [_one(word) for word in words]
    if "@" in words[-1] and relationship(" ".join(words[:-1])) not in {"unknown", "self"}:
        return [(_one(words[-1])[0], " ".join(words[:-1]), _one(words[-1])[2])]
    return [alone]


def folded(address: str) -> str:
    """The mailbox of an address for comparison: case and plus-alias taken off (LAW requirement 31)."""
    local, _, domain = address.casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def domain(address: str) -> str:
    """The domain of an address, lower case."""
    return address.rpartition("@")[2].casefold()


@lru_cache(maxsize=4096)
def mistyped(host: str) -> str:
    """The well-known provider that a domain is one slip of the finger away from; empty where there is none."""
    if host in _PROVIDERS or not 7 <= len(host) <= 16:
        return ""
    return next((known for known in _OFTEN if abs(len(known) - len(host)) < 2 and _one_slip(host, known)), "")


def _one_slip(text: str, meant: str) -> bool:
    """Whether one letter is missing, added, another, or two neighbours are swapped."""
    start = next((at for at, (one, other) in enumerate(zip(text, meant, strict=False)) if one != other), None)
    if start is None:
        return len(text) != len(meant)
    if len(text) == len(meant):
        swapped = meant[:start] + meant[start + 1 : start + 2] + meant[start] + meant[start + 2 :]
        return text[start + 1 :] == meant[start + 1 :] or text == swapped
    shorter, longer = (text, meant) if len(text) < len(meant) else (meant, text)
    return longer[:start] + longer[start + 1 :] == shorter


def _address(text: str) -> str:
    local, _, host = text.rpartition("@")
    return f"{local}@{host.lower()}"


def _keep_names_together(text: str) -> str:
    """Inside `Name, First <a@b>` nothing separates: its blanks and commas are hidden until the split is done."""
    return re.sub(
        r"(?:\"[^\"]*\"|[^<>;|\n]*?)\s*<[^<>]*>",
        lambda found: re.sub(r"\s+", "\x1f", found[0].strip(" ,")).replace(",", "\x1e") + ";",
        text,
    )


def _one(piece: str) -> tuple[str, str, str]:
    text = piece.translate(ZERO_WIDTH).strip().strip(" ,;|")
    named = ""
    if bracketed := _NAMED.match(text):
        named, text = bracketed[1].strip(" \"'"), bracketed[2]
    elif behind := _BEHIND.match(text):
        text, named = behind[1], behind[2]
    text = re.sub(r"^(?:mailto:|e-?mail:|courriel:|mail:)\s*", "", text, flags=re.IGNORECASE).partition("?subject=")[0]
    if label := _LABEL.match(text):
        named, text = named or label[1], text[label.end() :]
    text = text.strip(" <>.,;:'\"()[]")
    if len(text) <= LONGEST and _GOOD.fullmatch(text) and len(text.rpartition("@")[0]) <= 64:
        return _address(text), named, ""
    if not text.isascii() and len(text) <= LONGEST and text.count("@") == 1:
        try:
            return validate_email(text, check_deliverability=False).normalized, named, ""
        except EmailNotValidError:
            return text, named, "EMAIL_INVALID"
    return text, named, "EMAIL_INVALID"
