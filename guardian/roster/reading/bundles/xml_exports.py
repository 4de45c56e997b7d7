"""XML exports: SIECLE (BEE_ELEVES with BEE_RESPONSABLES) and the British Common Transfer File."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from guardian.roster.reading import limits
from guardian.roster.reading.draft import Contact, Draft, Origin
from guardian.roster.reading.findings import Findings
from guardian.roster.reading.intake import Intake
from guardian.roster.reading.members import Member
from guardian.roster.reading.refusal import MB, InputRefused

_ROSTERS = (".csv", ".tsv", ".xlsx", ".xls", ".ods")
_WANTED = frozenset({"ELEVE", "PERSONNE", "RESPONSABLE_ELEVE", "STRUCTURES_ELEVE", "PUPIL"})


def recognise(files: Sequence[Member], _: str | None, findings: Findings) -> Intake | None:
    """The intake of a bundle of XML files, with nothing beside them but what explains them."""
    exports = [file for file in files if file.base.endswith(".xml")]
    others = [file for file in files if file not in exports]
    if not exports or any(file.base.endswith(_ROSTERS) for file in others):
        return None
    for file in others:
        findings.whole("FILE_IGNORED", Origin(file.name), name=file.name)
    return intake(exports, findings)


def intake(files: Sequence[Member], findings: Findings) -> Intake:
    """The pupils of one export, which may be spread over several files.

    :raises InputRefused: it is no XML, has entities, or is of no known kind.
    """
    elements: dict[str, list[Element]] = {}
    for member in files:
        if member.size > limits.MARKUP_BYTES:
            raise InputRefused("TOO_LARGE", member.name, limit=limits.MARKUP_BYTES // limits.MEGABYTE, unit=MB)
        for element in _elements(member, findings):
            elements.setdefault(_name(element), []).append(element)
    origin = Origin(files[0].name)
    if "PUPIL" in elements:
        drafts = [_ctf(origin, place, element) for place, element in enumerate(elements["PUPIL"], 1)]
        return _of("ctf", drafts, files, guardians=True)
    if "PERSONNE" in elements and "ELEVE" not in elements:
        findings.whole("GUARDIANS_ONLY", origin)
    if "ELEVE" in elements or "PERSONNE" in elements:
        drafts = _siecle(origin, elements)
        return _of("siecle-xml", drafts, files, guardians="RESPONSABLE_ELEVE" in elements)
    raise InputRefused("FORMAT_UNKNOWN", files[0].name)


def _of(name: str, drafts: list[Draft], files: Sequence[Member], *, guardians: bool) -> Intake:
    def again(_: Findings | None) -> Iterator[Draft]:
        return iter(drafts)

    return Intake(
        format=name,
        drafts=again,
        may_be_empty=not drafts and name == "siecle-xml",
        order="dmy",
        guardian_columns=guardians,
        mode="bulk",
        files=tuple(file.name for file in files),
    )


def _elements(member: Member, findings: Findings) -> list[Element]:
    found: list[Element] = []
    with member.open() as file:
        content = file.read()
    try:
        for _, element in iterparse(BytesIO(content)):
            if _name(element) in _WANTED:
                found.append(element)
    except DefusedXmlException:
        raise InputRefused("FORMAT_UNKNOWN", member.name) from None
    except (ParseError, LookupError, ValueError):
        if not found:
            raise InputRefused("FORMAT_UNKNOWN", member.name) from None
        findings.whole("MALFORMED_XML", Origin(member.name))
    return found


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].upper()


def _text(element: Element, *names: str) -> str:
    """The text of the first descendant with one of these names, in their order."""
    wanted = dict.fromkeys(names, "")
    for inner in element.iter():
        name = _name(inner)
        if name in wanted and not wanted[name] and inner.text:
            wanted[name] = inner.text.strip()
    return next((text for text in wanted.values() if text), "")


def _ctf(origin: Origin, row: int, pupil: Element) -> Draft:
    contacts = [
        Contact(
            "contact",
            given=_text(element, "FORENAME"),
            family=_text(element, "SURNAME"),
            email=_text(element, "EMAIL"),
            phone=_text(element, "PHONENO", "PHONE", "NUMBER"),
            relation=_ctf_relation(_text(element, "RELATIONSHIP")),
            responsible=_text(element, "RESPONSIBLE"),
            priority=_text(element, "ORDER"),
            row=row,
        )
        for element in pupil.iter()
        if _name(element) == "CONTACT"
    ]
    for element in list(pupil.iter()):
        if _name(element) == "CONTACTS":
            element.clear()
    return Draft(
        origin,
        row,
        id=_text(pupil, "UPN", "UNIQUELEARNERNUMBER"),
        given=_text(pupil, "FORENAME", "PREFERREDFORENAME"),
        family=_text(pupil, "SURNAME"),
        birth=_text(pupil, "DOB"),
        grade=_text(pupil, "NCYEARACTUAL"),
        contacts=contacts,
    )


def _ctf_relation(code: str) -> str:
    known = {
        "PAM": "mother",
        "PAF": "father",
        "STP": "step-parent",
        "FOP": "foster",
        "GPA": "grandparent",
        "CAR": "guardian",
        "OTH": "other",
        "SWR": "social worker",
        "REL": "relative",
        "FAM": "relative",
        "CHM": "childminder",
        "DOC": "doctor",
    }
    return known.get(code.upper(), code)


def _siecle(origin: Origin, elements: dict[str, list[Element]]) -> list[Draft]:
    people = {_id(element, "PERSONNE_ID"): element for element in elements.get("PERSONNE", ())}
    links: dict[str, list[Contact]] = {}
    for link in elements.get("RESPONSABLE_ELEVE", ()):
        person = people.get(_text(link, "PERSONNE_ID"))
        if person is None:
            continue
        level = _text(link, "NIVEAU_RESPONSABILITE", "RESP_LEGAL")
        links.setdefault(_text(link, "ELEVE_ID"), []).append(
            Contact(
                "contact",
                given=_text(person, "PRENOM"),
                family=_text(person, "NOM_DE_FAMILLE", "NOM", "NOM_USAGE"),
                email=_text(person, "MEL", "EMAIL"),
                phone=_text(person, "TEL_PORTABLE", "TEL_PERSONNEL", "TEL_PROFESSIONNEL"),
                relation=_siecle_relation(_text(link, "CODE_PARENTE")),
                responsible="T" if level == "1" else "F" if level else "",
                priority=level,
                source_id=_id(person, "PERSONNE_ID"),
                row=0,
            )
        )
    classes: dict[str, str] = {}
    for element in elements.get("STRUCTURES_ELEVE", ()):
        for structure in element:
            if _text(structure, "TYPE_STRUCTURE") == "D":
                classes[_id(element, "ELEVE_ID")] = _text(structure, "CODE_STRUCTURE")
    return [
        Draft(
            origin,
            row,
            id=_text(pupil, "ID_NATIONAL", "INE_RNIE", "ID_ELEVE_ETAB") or _id(pupil, "ELEVE_ID"),
            given=_text(pupil, "PRENOM", "PRENOM1"),
            family=_text(pupil, "NOM_DE_FAMILLE", "NOM"),
            usage=_text(pupil, "NOM_USAGE"),
            birth=_text(pupil, "DATE_NAISS"),
            class_name=classes.get(_id(pupil, "ELEVE_ID"), ""),
            email=_text(pupil, "MEL"),
            left=bool(_text(pupil, "DATE_SORTIE")),
            contacts=links.get(_id(pupil, "ELEVE_ID"), []),
        )
        for row, pupil in enumerate(elements.get("ELEVE", ()), 1)
    ]


def _siecle_relation(code: str) -> str:
    known = {
        "1": "MERE",
        "2": "PERE",
        "10": "MERE",
        "20": "PERE",
        "11": "MERE",
        "21": "PERE",
        "37": "tuteur",
        "38": "grand-mere",
        "39": "tante",
        "41": "grand-pere",
        "50": "tuteur",
        "51": "ase",
        "70": "eleve majeur",
        "90": "autre",
    }
    return known.get(code, code)


def _id(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.upper() == name), "") or _text(element, name)
