"""What was signed, as a PDF: made once, at the signature; the same rows give the same bytes."""

from datetime import timedelta

import msgspec
import typst

from guardian.authorisation.domain import Authorisation
from guardian.authorisation.signing import digest, record_of
from guardian.i18n import gettext_noop as N_
from guardian.i18n import say_day, say_instant, text
from guardian.institution.domain import Institution
from guardian.notice.domain import NoticeText

_LAYOUT = b"""
#let d = json(bytes(sys.inputs.document))
#set document(title: d.title, date: none)
#set page(paper: "a4", margin: (x: 2.4cm, y: 2.2cm), footer: context [
  #set text(size: 8pt, fill: luma(35%))
  #d.footer #h(1fr) #counter(page).display("1 / 1", both: true)
])
#set text(lang: d.lang, size: 10.5pt)
#set par(leading: 0.62em, justify: false)
#show heading.where(level: 1): set text(size: 18pt)
#show heading.where(level: 2): it => block(above: 1.5em, below: 0.7em, text(size: 12pt, it.body))
= #d.title
#d.lead
#v(0.6em)
#table(
  columns: (32%, 1fr), stroke: (x, y) => (bottom: 0.5pt + luma(75%)), inset: (x: 0pt, y: 6pt),
  ..d.rows.map(row => (text(fill: luma(30%), row.at(0)), row.at(1))).flatten(),
)
== #d.scopes_title
#list(..d.scopes)
== #d.statement_title
#quote(block: true, d.statement)
#pagebreak()
= #d.notice_title
#d.notice_intro
#for purpose in d.purposes [
  == #purpose.title
  #purpose.why
  #list(..purpose.items.map(item => [*#item.at(0)*#d.colon#item.at(1)]))
  #purpose.kept
]
#for part in d.parts [
  == #part.at(0)
  #part.at(1)
]
"""

SCOPE_TEXTS = {
    "use_services": N_("The learners of the school may use the lessons."),
    "collect_information": N_("The data listed in the notice may be collected from these learners."),
}
MODEL_TEXTS = {
    "school_agent": N_("The school agrees on behalf of the parents"),
    "school_intermediary": N_("The school passes the notice on and collects the parents' agreement"),
    "controller_instruction": N_("The school instructs the operator as its processor"),
    "guardian_consent": N_("Each guardian is asked as well"),
    "own_consent": N_("Each learner answers for themselves"),
}
NOTICE_PARTS: tuple[tuple[str, str], ...] = (
    ("source_of_contact", N_("Where the contact details come from")),
    ("no_consent_no_collection", N_("Nothing without agreement")),
    ("disclosure", N_("Who else gets something")),
    ("recipients", N_("Who sees the data")),
    ("transfers", N_("Where the data are kept")),
    ("how_to_consent", N_("How agreement is given")),
    ("deletion_deadline", N_("If nobody answers")),
    ("retention", N_("How long data are kept")),
    ("legal_basis", N_("On what legal basis")),
    ("rights", N_("Your rights")),
    ("withdrawal", N_("Changing your mind")),
    ("complaint", N_("Complaints")),
    ("statutory_need", N_("Is there an obligation?")),
    ("automated_decisions", N_("Decisions by a program")),
)
"""The parts of the notice in the order in which pages and documents show them, each with its heading (a msgid)."""


def intact(signed: Authorisation) -> bool:
    """Whether the stored digest still fits what is stored: if not, somebody changed the row after the signature."""
    record = record_of(signed)
    return record is not None and digest(record) == signed.document_sha256


def pdf(
    signed: Authorisation, school: Institution, notice: NoticeText, version: int, *, vouched: bool = False
) -> bytes:
    """The document of a signed authorisation, in the language in which it was signed, with the whole notice.

    `vouched`: it was in force with the signature, without a check by the operator's staff. Everything is passed as
    data, never as markup: what people typed cannot change the layout.
    """
    language = signed.language

    def say(message: str, **places: object) -> str:
        return text(language, message, **places)

    numbered = say(N_("Version %(version)d"), version=version)
    purposes = [notice.purposes[code] for code in signed.purposes if code in notice.purposes]
    signed_at = say_instant(language, signed.signed_at, school.timezone) if signed.signed_at else ""
    document = {
        "lang": language,
        "colon": say(N_(": ")),
        "title": say(N_("Authorisation by the school")),
        "lead": say(
            N_("%(school)s authorises %(operator)s as follows."), school=school.name, operator=notice.operator.name
        ),
        "footer": f"{signed.id} · SHA-256 {signed.document_sha256}",
        "rows": [
            [say(N_("School")), school.name],
            [say(N_("Signed by")), f"{signed.signatory_name}, {signed.signatory_title}"],
            [say(N_("Address that signed")), signed.signatory_email or ""],
            [say(N_("Signed on")), signed_at],
            [say(N_("How it was signed")), say(N_("Through a personal link sent to this address"))],
            [
                say(N_("Validity")),
                say(
                    N_("from the signature through %(day)s")
                    if vouched
                    else N_("from the operator's check through %(day)s"),
                    day=say_last_day(signed, school, language),
                ),
            ],
            [say(N_("Guardians")), say(MODEL_TEXTS[signed.legal_model])],
            [say(N_("What for")), ", ".join(purpose.title for purpose in purposes)],
            [
                say(N_("Notice that was shown")),
                f"{numbered}\nSHA-256 {signed.notice_sha256}",
            ],
        ],
        "scopes_title": say(N_("What is authorised")),
        "scopes": [say(SCOPE_TEXTS[scope]) for scope in signed.scopes if scope in SCOPE_TEXTS],
        "statement_title": say(N_("Statement of the person who signed")),
        "statement": signed.statement or "",
        "notice_title": notice.title,
        "notice_intro": notice.intro,
        "purposes": [
            {
                "title": purpose.title,
                "why": say(N_("What for: %(why)s."), why=purpose.why),
                "kept": say(N_("Kept: %(kept)s."), kept=purpose.kept),
                "items": [[item.name, item.use] for item in purpose.items],
            }
            for purpose in purposes
        ],
        "parts": [[say(title), _words(notice, field, say(": "))] for field, title in NOTICE_PARTS]
        + [[say(N_("Who is responsible")), _responsible(notice)]],
    }
    made: bytes = typst.compile(_LAYOUT, format="pdf", sys_inputs={"document": msgspec.json.encode(document).decode()})
    return made


def _words(notice: NoticeText, field: str, colon: str) -> str:
    """One part of the notice; those who get something stand below the sentence about them, as on the page."""
    said: str = getattr(notice, field)
    if field == "disclosure":
        said += "".join(f"\n• {party.identity_or_category}{colon}{party.purpose}" for party in notice.third_parties)
    return said


def _responsible(notice: NoticeText) -> str:
    who = notice.operator
    return f"{who.name}\n{who.address}\n{who.phone}\n{who.email}\n{notice.online_notice_url}"


def file_name(signed: Authorisation) -> str:
    """What a browser calls the file: a date and no name."""
    return f"authorisation-{signed.signed_at:%Y-%m-%d}.pdf" if signed.signed_at else "authorisation.pdf"


def say_last_day(signed: Authorisation, school: Institution, language: str) -> str:
    """The last day on which it is in force, in the school's zone, as people say it: the end itself is exclusive."""
    return say_day(language, signed.valid_until - timedelta(seconds=1), school.timezone)
