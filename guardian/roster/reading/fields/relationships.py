"""Who may be asked for consent: what the roster's words about an adult mean."""

from functools import cache

from guardian.roster.reading.folding import plain, word_set
from guardian.roster.reading.records import Eligible

_WORDS = {
    "self": "self student pupil myself eleve l'eleve majeur ucznia uczen pelnoletni uczen sam alumno schuler selbst "
    "volljahrig eleve-majeur",
    "mother": "mother mum mom mummy mere maman matka mama madre mutter m biological-mother birth-mother",
    "father": "father dad daddy pere papa ojciec tata tato padre vater p f biological-father birth-father",
    "parent": "parent parents rodzic elternteil eltern parent-guardian pere-ou-mere progenitor parent/carer "
    "rodzice prm",
    "step_parent": "step stepmother stepfather stepparent stepmum stepdad beau-pere belle-mere ojczym macocha "
    "padrastro "
    "madrastra stiefvater stiefmutter step-mother step-father step-parent",
    "guardian": "guardian legal-guardian courtappointedguardian tuteur tutrice representant representante opiekun "
    "opiekunka tutor tutora vormund sorgeberechtigt sorgeberechtigte sorgeberechtigter erziehungsberechtigte "
    "erziehungsberechtigter ward legalguardian legal responsable responsable-legal",
    "foster": "foster foster-parent foster-carer famille-d'accueil accueil zastepcza acogida pflegeeltern pflegemutter "
    "pflegevater fosterparent",
    "agency": "agency social-worker social ase dom-dziecka jugendamt la local-authority social-services",
    "grandparent": "grandmother grandfather grandparent grand-mere grand-pere babcia dziadek abuela abuelo oma opa "
    "grossmutter grossvater grandma grandad grandpa grandparents dziadkowie great-grandparent",
    "relative": "relative family aunt uncle cousin sibling brother sister tante oncle ciocia wujek tia tio onkel frere "
    "soeur nephew niece brat siostra hermano hermana bruder schwester great-aunt autre-membre-de-la-famille",
    "emergency": "emergency emergency-contact urgence notfall",
    "other_adult": "other neighbor neighbour friend doctor aide childminder employer godparent spouse wife husband "
    "autre "
    "inny inna otro andere nanny babysitter administrator significantother coach counselor mentor voisin voisine",
}
_ELIGIBLE: dict[str, tuple[Eligible, str]] = {
    "mother": ("yes", "relationship"),
    "father": ("yes", "relationship"),
    "parent": ("yes", "relationship"),
    "guardian": ("yes", "relationship"),
    "step_parent": ("ask", "relationship"),
    "foster": ("ask", "relationship"),
    "agency": ("ask", "relationship"),
    "grandparent": ("no", "relative"),
    "relative": ("no", "relative"),
    "other_adult": ("no", "no_responsibility"),
    "emergency": ("no", "emergency"),
    "unknown": ("ask", "not_stated"),
}
_YES = word_set("t true y yes 1 oui o tak si ja j vrai x")
_NO = frozenset(["f", "false", "n", "no", "0", "non", "nie", "nein", "faux"])


@cache
def _codes() -> dict[str, str]:
    return {word: code for code, words in _WORDS.items() for word in words.split()}


@cache
def relationship(text: str) -> str:
    """The code of a relationship word; `self` is the pupil; `unknown` where the word is not known or empty."""
    words = plain(text.rpartition("#")[2]).replace(",", " ").strip(" .:*")
    if not words:
        return "unknown"
    codes = _codes()
    joined = "-".join(words.split())
    if joined in codes:
        return codes[joined]
    tokens = words.replace("/", " ").replace("-", " ").replace("(", " ").replace(")", " ").split()
    for wide in ("step", "foster", "self", "majeur", "pelnoletni", "grand"):
        if wide in tokens:
            return {"step": "step_parent", "grand": "grandparent", "foster": "foster"}.get(wide, "self")
    found = [codes[token] for token in tokens if token in codes and len(token) > 1]
    return found[0] if found else "unknown"


def truth(text: str) -> bool | None:
    """Yes or no in a yes-or-no column; None where it says neither."""
    word = plain(text).strip()
    return True if word in _YES else False if word in _NO else None


def eligibility(code: str, kind: str, responsible: bool | None, court_order: bool | None) -> tuple[str, Eligible, str]:
    """Relationship code, whether to ask, and why. `kind` is what the column itself calls the person."""
    if code == "unknown" and kind in {"mother", "father", "parent", "guardian", "emergency"}:
        code = kind
    eligible, reason = _ELIGIBLE.get(code, ("ask", "not_stated"))
    if kind == "emergency" and code == "emergency":
        eligible, reason = "no", "emergency"
    if responsible is True and code != "self":
        eligible, reason = "yes", "responsibility"
    if responsible is False:
        eligible, reason = "no", "no_responsibility"
    if court_order:
        eligible, reason = "no", "court_order"
    return code, eligible, reason
