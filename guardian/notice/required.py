"""What the laws ask a notice to say, as data: each field of the text, what it is called, and which rule asks for it.

16 CFR 312.4(c)(1)(i)-(vii) is the direct notice to a parent, 312.4(d) the online notice; GDPR art. 13 what is told
when data come from the person, art. 14 what is told when they come from somebody else, here the school.
"""

import msgspec

from guardian.i18n import gettext_noop as N_


class Requirement(msgspec.Struct, frozen=True):
    """One field. `field` is its path in the text of a language; `title` a msgid; `sources` the rules that ask."""

    field: str
    title: str
    sources: tuple[str, ...]


TEXT: tuple[Requirement, ...] = (
    Requirement("title", N_("Heading"), ("16 CFR 312.4(a)", "GDPR art. 12(1)")),
    Requirement("intro", N_("Who asks, and what this is about"), ("16 CFR 312.4(a)", "GDPR art. 12(1)")),
    Requirement("operator.name", N_("Operator: name"), ("16 CFR 312.4(d)", "GDPR art. 13(1)(a)")),
    Requirement("operator.address", N_("Operator: postal address"), ("16 CFR 312.4(d)", "GDPR art. 13(1)(a)")),
    Requirement("operator.phone", N_("Operator: telephone"), ("16 CFR 312.4(d)",)),
    Requirement("operator.email", N_("Operator: e-mail"), ("16 CFR 312.4(d)", "GDPR art. 13(1)(a), (b)")),
    Requirement(
        "source_of_contact", N_("Where we have the address from"), ("16 CFR 312.4(c)(1)(i)", "GDPR art. 14(2)(f)")
    ),
    Requirement("no_consent_no_collection", N_("Nothing is collected without agreement"), ("16 CFR 312.4(c)(1)(ii)",)),
    Requirement(
        "disclosure",
        N_("To whom data are passed on, and that one may agree without that"),
        ("16 CFR 312.4(c)(1)(iv)", "GDPR art. 13(1)(e)"),
    ),
    Requirement("online_notice_url", N_("Address of the full notice"), ("16 CFR 312.4(c)(1)(v)",)),
    Requirement("how_to_consent", N_("How agreement is given"), ("16 CFR 312.4(c)(1)(vi)",)),
    Requirement("deletion_deadline", N_("When addresses are deleted if nobody answers"), ("16 CFR 312.4(c)(1)(vii)",)),
    Requirement("legal_basis", N_("Legal basis"), ("GDPR art. 13(1)(c)", "GDPR art. 14(1)(c)")),
    Requirement("recipients", N_("Recipients"), ("GDPR art. 13(1)(e)", "GDPR art. 14(1)(e)")),
    Requirement("transfers", N_("Transfers to other countries"), ("GDPR art. 13(1)(f)", "GDPR art. 14(1)(f)")),
    Requirement("retention", N_("How long data are kept"), ("16 CFR 312.10", "GDPR art. 13(2)(a)")),
    Requirement("rights", N_("Rights"), ("16 CFR 312.6", "GDPR art. 13(2)(b)")),
    Requirement("withdrawal", N_("How agreement is taken back"), ("GDPR art. 13(2)(c)", "GDPR art. 7(3)")),
    Requirement("complaint", N_("Where to complain"), ("GDPR art. 13(2)(d)",)),
    Requirement("statutory_need", N_("Whether anybody must agree"), ("GDPR art. 13(2)(e)",)),
    Requirement("automated_decisions", N_("Decisions made by a program"), ("GDPR art. 13(2)(f)",)),
)
"""Everything that stands once in the text of a language."""

PURPOSE: tuple[Requirement, ...] = (
    Requirement("title", N_("Name of the purpose"), ("GDPR art. 13(1)(c)",)),
    Requirement("why", N_("What for"), ("16 CFR 312.4(c)(1)(iii)", "GDPR art. 13(1)(c)")),
    Requirement("kept", N_("How long, in words"), ("16 CFR 312.10", "GDPR art. 13(2)(a)")),
    Requirement("items", N_("What is collected and how each is used"), ("16 CFR 312.4(c)(1)(iii)",)),
)
"""What the text of a language says about each purpose."""

SETTINGS: tuple[Requirement, ...] = (
    Requirement("core", N_("One purpose without which there is no service"), ("GDPR art. 7(4)", "16 CFR 312.7")),
    Requirement("code", N_("Short name of the purpose, letters and _ only"), ()),
    Requirement("retention", N_("How long, such as P90D or P1Y, and never without an end"), ("16 CFR 312.10",)),
    Requirement("commercial", N_("What is commercial cannot be what the service needs"), ("FTC COPPA FAQ N",)),
    Requirement(
        "categories", N_("Categories of data"), ("16 CFR 312.4(c)(1)(iii)", "GDPR art. 14(1)(d)", "GDPR art. 30(1)(c)")
    ),
    Requirement(
        "recipients", N_("Recipients, where data are passed on"), ("16 CFR 312.4(c)(1)(iv)", "GDPR art. 13(1)(e)")
    ),
    Requirement(
        "minimum_method",
        N_("A strong method needs a guardian who is always asked"),
        ("16 CFR 312.5(b)(2)",),
    ),
)
"""What a purpose itself must have, in no language."""

THIRD_PARTIES = Requirement(
    "third_parties", N_("Third parties: who, and what for"), ("16 CFR 312.4(c)(1)(iv)", "GDPR art. 13(1)(e)")
)
WHOLE_TEXT = Requirement("", N_("The whole text in this language"), ("GDPR art. 12(1)",))
UNKNOWN_PURPOSE = Requirement("purposes", N_("Words about a purpose that the notice does not have"), ())


def requirement_of(place: str) -> Requirement:
    """What is asked for at a place that `missing` names, such as `fr.how_to_consent` or `purposes.lessons.core`."""
    head, _, rest = place.partition(".")
    if head == "purposes":
        last = rest.rpartition(".")[2] or rest
        return next(one for one in SETTINGS if one.field == last)
    if not rest:
        return WHOLE_TEXT
    if rest == "purposes":
        return UNKNOWN_PURPOSE
    if rest == "third_parties":
        return THIRD_PARTIES
    if rest.startswith("purposes."):
        return next(one for one in PURPOSE if one.field == rest.rpartition(".")[2])
    return next(one for one in TEXT if one.field == rest)
