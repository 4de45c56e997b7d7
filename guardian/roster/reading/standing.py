"""Whether a row says that the pupil left."""

from datetime import date

from guardian.roster.reading.fields.cell import value
from guardian.roster.reading.fields.dates import Order
from guardian.roster.reading.fields.relationships import truth
from guardian.roster.reading.folding import plain, word_set
from guardian.roster.reading.leaving import leaving_date

LEFT = word_set(
    "left leaver leavers withdrawn withdrew transferred transfer graduated graduate inactive deleted "
    "tobedeleted removed expelled exited dropped ended radie parti sorti sortie quitte demissionnaire "
    "skreslony skreslona wypisany wypisana absolwent anulada anulado trasladada trasladado baja abganger "
    "abgegangen abgang abschluss entlassen ausgetreten archived deceased retired"
)
_STAYS = word_set(
    "active actif active. enrolled enrollee present current actuel inscrit inscrite matriculada "
    "matriculado aktywny aktywna uczen aktiv pre-registered preregistered registered student ok main on "
    "roll suspended"
)


def has_left(status: str, header: str, codes: dict[str, str]) -> bool | None:
    """True where the status says left, None where its word is not known. `codes`: a format's own status codes."""
    word = plain(value(status)).strip()
    if not word:
        return False
    if word in codes:
        return codes[word] == "left"
    name = plain(header)
    if name.strip() in {"active", "enabled"}:
        return truth(word) is False
    if name.strip() in {"leaver", "deleted", "anulada", "abganger", "inactive"}:
        return truth(word) is True
    if word in LEFT or any(part in LEFT for part in word.split()):
        return True
    return False if word in _STAYS else None


def ends(text: str, as_of: date, order: Order | None) -> tuple[str | None, bool]:
    """ISO date of leaving and whether it is past; a word that is no date counts as left unless it says no."""
    text = value(text)
    if not text or truth(text) is False:
        return None, False
    day = leaving_date(text, order)
    if day is None:
        return None, truth(text) is True or plain(text) in LEFT
    return day.isoformat(), day <= as_of
