"""Names that have broken mail systems, and one of each letter with a name in every place that takes one."""

from typing import Any

from guardian.mail import letters
from guardian.mail.letters import Answer, Answered, Child, PurposeLine

NAMES = {
    "header line": "Maria\r\nBcc: thief@example.net",
    "encoded header line": "=?utf-8?q?=0D=0ABcc:_thief=40example.net?=",
    "quotes": 'O\'Neil "Mimi" Kowalska',
    "comma and angle": "Nowak, Jan <thief@example.net>",
    "long": "Wolfeschlegelsteinhausenbergerdorff " * 5 + "junior von und zu Ende",
    "emoji": "Anna 👩‍👩‍👧‍👦 Zoé",
    "arabic": "محمد العربي",
    "hebrew override": "\u202eדוד Cohen\u202c",
    "nul": "Ma\x00ria \x1b[31m\x7f",
    "line separator": "Ma\u2028ria\u2029 \x85Nowak",
    "script": "<script>alert(1)</script>",
    "template": "{{7*7}} {% if %}",
    "percent": "%s %(school)s 100%",
    "diacritics": "Łukasz Żółć-Świętochłowska",
    "combining": "Zoe\u0308 e\u0301",
    "surrogate": "Ma\ud800ria",
    "dots": ".\r\n.\r\nMAIL FROM:<x>",
    "backslash": "back\\slash \\1 \\g<0>",
}
URL = "https://guardian.example.org/g/Ab1-_cdefghijklmnopqrstuvwxy"
STOP = "https://guardian.example.org/u/Ab1-_cdefghijklmnopqrstuvwxy"
NOTICE = "https://guardian.example.org/notice"
UNTIL = "Friday 4 December 2026, 18:00 (Warsaw)"
PURPOSES = (
    PurposeLine("Lessons", "to teach live lessons", ("Name and login", "Chat messages")),
    PurposeLine("Recordings", "so that the class can watch a lesson again"),
)


def every_letter(name: str = "Maria Nowak", *, children: int = 2) -> list[letters.Foot]:
    """One of each, twice where a value may be missing."""
    foot: dict[str, Any] = {"operator": name, "contact": "privacy@example.org"}
    asked = tuple(Child(name, name if number else None) for number in range(children))
    asking: dict[str, Any] = {
        **foot, "school": name, "guardian": name, "children": asked, "purposes": PURPOSES, "url": URL,
        "deadline": UNTIL, "notice_url": NOTICE, "disclosure": "We sell nothing.",
    }  # fmt: skip
    words: tuple[Answered, ...] = ("given", "declined", "withdrawn")
    answers = tuple(Answer(child=Child(name, "4b"), purpose="Lessons", answer=word) for word in words)
    answered: dict[str, Any] = {
        **foot,
        "school": name,
        "guardian": name,
        "answers": answers,
        "recorded": UNTIL,
        "url": URL,
    }
    return [
        letters.StaffSignIn(**foot, url=URL, minutes=15),
        letters.StaffInvitation(**foot, institution=name, url=URL, valid_until=UNTIL),
        letters.StaffInvitation(**foot, institution=None, url=URL, valid_until=UNTIL),
        letters.AuthorisationRequest(
            **foot, signatory=name, institution=name, asked_by=name, purposes=PURPOSES, url=URL, expires=UNTIL,
            in_force_until=UNTIL,
        ),
        letters.AuthorisationRequest(
            **foot, signatory=None, institution=name, asked_by=None, purposes=PURPOSES, url=URL, expires=UNTIL
        ),
        letters.AuthorisationSigned(
            **foot, institution=name, signatory=name, purposes=PURPOSES, valid_until=UNTIL, state="active"
        ),
        letters.AuthorisationSigned(
            **foot, institution=name, signatory=name, purposes=PURPOSES, valid_until=UNTIL,
            state="awaiting_verification",
        ),
        *_about_authorisations(foot, name),
        letters.ConsentRequest(**asking),
        letters.ConsentRequest(**{**asking, "guardian": None, "disclosure": ""}),
        letters.ConsentReminder(**asking, number=1, total=3, unsubscribe_url=STOP),
        letters.NoticeFinal(**asking, unsubscribe_url=STOP),
        letters.ConsentRecorded(**answered, confirmed_after=UNTIL),
        letters.ConsentRecorded(**answered),
        letters.ConsentConfirmation(**answered, purposes=PURPOSES, notice_url=NOTICE),
        letters.ConsentWithdrawn(**answered, deleted_by=UNTIL),
        letters.ConsentWithdrawn(**answered),
        letters.AgeUpGuardian(**foot, school=name, guardian=name, child=Child(name, "4b"), day=UNTIL),
        letters.AgeUpGuardian(**foot, school=name, guardian=None, child=Child(name), day=UNTIL),
        letters.AgeUpLearner(**foot, school=name, learner=name, day=UNTIL, begun=False, url=URL),
        letters.AgeUpLearner(**foot, school=name, learner=name, day=UNTIL, begun=True, url=URL),
    ]  # fmt: skip


def _about_authorisations(foot: dict[str, Any], name: str) -> list[letters.Foot]:
    """To the staff, with the page; to the signatory, without; each branch once."""
    staff: dict[str, Any] = {**foot, "institution": name, "signatory": None, "url": URL}
    head: dict[str, Any] = {**foot, "institution": name, "signatory": name, "url": None}
    why: dict[str, Any] = {"reason": name, "when": UNTIL}
    bare: dict[str, Any] = {"reason": None, "when": UNTIL}
    return [
        letters.AuthorisationActive(**staff, valid_until=UNTIL, lifted=False),
        letters.AuthorisationActive(**head, valid_until=UNTIL, lifted=True),
        letters.AuthorisationRefused(**staff, **why, by="signatory"),
        letters.AuthorisationRefused(**head, **bare, by="operator"),
        letters.AuthorisationSuspended(**staff, **why, by="school"),
        letters.AuthorisationSuspended(**head, **bare, by="operator"),
        letters.AuthorisationRevoked(**staff, **why, by="school"),
        letters.AuthorisationRevoked(**head, **bare, by="operator"),
        letters.AuthorisationRevoked(**staff, **bare, by="end"),
        letters.AuthorisationRevoked(**head, **bare, by="end"),
        letters.AuthorisationRenewal(**staff, last_day=UNTIL, asked=False),
        letters.AuthorisationRenewal(**staff, last_day=UNTIL, asked=True),
        letters.AuthorisationRenewal(**head, last_day=UNTIL, asked=False),
        letters.AuthorisationRenewal(**head, last_day=UNTIL, asked=True),
    ]
