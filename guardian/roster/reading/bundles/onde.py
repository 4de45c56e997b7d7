"""ONDE: a file of pupils, and a file of responsables with their children in repeated columns.

The second knows neither INE nor birth date: it is joined by the child's name and class.
"""

from collections.abc import Iterator, Sequence

from guardian.roster.reading.bundles.named import Named, open_named
from guardian.roster.reading.delimited import open_delimited
from guardian.roster.reading.draft import Contact, Draft
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.folding import header as folded
from guardian.roster.reading.folding import name_tokens, plain
from guardian.roster.reading.intake import Intake
from guardian.roster.reading.members import Member

Child = tuple[frozenset[str], str]


def is_responsables(named: Named) -> bool:
    """Whether a file lists responsables with children beside them."""
    return named.has("nomresponsable", "prenomenfant") or named.has("nomusageresponsable", "nomdefamilleenfant")


def recognise(files: Sequence[Member], language: str | None, findings: Findings) -> Intake | None:
    """The intake of both files together."""
    responsables: Named | None = None
    others: list[Member] = []
    for member in files:
        if not member.base.endswith((".csv", ".txt")):
            return None
        named = open_named(member, language)
        if named is not None and is_responsables(named):
            responsables = named
        else:
            others.append(member)
    if responsables is None or not others:
        return None
    text = open_delimited(others[0], language)
    table = text.table() if text else None
    if text is None or table is None:
        return None
    text.describe(findings)
    responsables.describe(findings)
    table.describe(findings)
    contacts = contacts_of(responsables)

    def drafts(found: Findings | None) -> Iterator[Draft]:
        for draft in table.opened(found):
            named = name_tokens(f"{draft.given} {draft.family}")
            used = name_tokens(f"{draft.given} {draft.usage}") if draft.usage.strip() else named
            group = plain(draft.class_name).strip()
            draft.contacts = [
                contact
                for child in dict.fromkeys((named, used))
                for contact in contacts.get((child, group)) or contacts.get((child, "")) or ()
            ]
            yield draft

    return Intake(
        format="onde",
        drafts=drafts,
        encoding=text.encoding.name,
        delimiter=text.delimiter,
        order="dmy",
        birth_column="birth" in table.header.layout.student,
        id_column="id" in table.header.layout.student,
        files=(others[0].name,),
    )


def guardians_only(named: Named, findings: Findings) -> Intake:
    """The intake of the responsables alone: their children have neither INE nor birth date, so none is accepted."""
    named.describe(findings)
    findings.whole("GUARDIANS_ONLY", named.origin())
    groups = _children(named)

    def drafts(found: Findings | None) -> Iterator[Draft]:
        for row in named.rows(found, short=True):
            for family, given, group in groups:
                cells = row.cells
                if given < len(cells) and cells[given].strip():
                    where = cells[group] if group < len(cells) else ""
                    yield Draft(
                        named.origin(), row.number, row.line, given=cells[given], family=cells[family], class_name=where
                    )
                    break  # a row is rejected once

    return Intake(
        format="onde",
        drafts=drafts,
        encoding=named.text.encoding.name,
        delimiter=named.text.delimiter,
        order="dmy",
        id_column=False,
        birth_column=False,
        may_be_empty=True,
        files=(named.text.member.name,),
    )


def contacts_of(named: Named) -> dict[Child, list[Contact]]:
    """Child (name, class) -> responsables. Where a name stands in one class only, the class may be left out."""
    groups = _children(named)
    contacts: dict[Child, list[Contact]] = {}
    classes: dict[frozenset[str], set[str]] = {}
    for row in named.rows(None):
        contact = Contact(
            "guardian",
            given=row.get("prenomresponsable"),
            family=row.get("nomresponsable") or row.get("nomusageresponsable"),
            email=row.get("courriel", "courrielresponsable"),
            phone=row.get("telephoneportable") or row.get("telephonedomicile") or row.get("telephonetravail"),
            row=row.number,
        )
        for family, given, group in groups:
            cells = row.cells
            if given >= len(cells) or not cells[given].strip():
                continue
            child = name_tokens(f"{cells[given]} {cells[family]}")
            where = plain(cells[group]).strip() if group < len(cells) else ""
            contacts.setdefault((child, where), []).append(contact)
            classes.setdefault(child, set()).add(where)
    for child, found in classes.items():
        if len(found) == 1:
            contacts.setdefault((child, ""), contacts[child, next(iter(found))])
    return contacts


def _children(named: Named) -> list[tuple[int, int, int]]:
    """Columns of family name, given name and class of every repeated child."""
    found: list[tuple[int, int, int]] = []
    family = -1
    for place, name in enumerate(named.headers):
        words = folded(name)
        if words == "nom de famille enfant":
            family = place
        elif words == "prenom enfant" and family >= 0:
            found.append((family, place, place + 1))
    return found
