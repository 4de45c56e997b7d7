"""Exports of French systems. Dates are always day first."""

from guardian.roster.reading.profile import Profile

PROFILES = (
    Profile(
        name="siecle",
        marks=("code structure", "type structure"),
        one_of=("id national", "num eleve etab", "eleve no etab"),
        order="dmy",
        end_means_left=True,
        class_rows=("type structure", "D"),
        pinned={
            "id national": "id",
            "num eleve etab": "ignored",
            "eleve no etab": "ignored",
            "lib mef": "grade",
            "code mef": "ignored",
            "code structure": "class",
            "lib structure": "ignored",
            "tel personnel": "ignored",
            "tel professionnel": "ignored",
            "tel portable": "ignored",
            "email": "email",
            "motif sortie": "ignored",
            "type structure": "ignored",
        },
    ),
    Profile(
        name="onde",
        marks=("nom eleve", "prenom eleve"),
        one_of=("ine", "niveau", "identifiant classe", "libelle classe"),
        order="dmy",
        pinned={"ine": "id", "identifiant classe": "ignored"},
    ),
    Profile(name="eduka", marks=("code identifiant", "code identifiant r 1"), order="dmy"),
    Profile(name="eduka", marks=("code identifiant", "code identifiant r1"), order="dmy"),
    Profile(
        name="pronote", marks=("nom", "prenom"), one_of=("ne e le", "ne le", "nee le", "responsable 1"), order="dmy"
    ),
)
