"""What each letter says: one Struct per letter, filled in when it is about to be sent and never stored.

Whoever composes a letter looks the address up, mints the link and puts instants into words with
`i18n.say_instant` (weekday, time and zone). Of a child a letter carries the given name and the class, nothing else;
no Subject and no URL carries a name of a person (MAIL section 1.3, H14). The templates are
`templates/email/<template>.{subject.txt,txt,html}`.
"""

from typing import ClassVar, Literal

import msgspec

Answered = Literal["given", "declined", "withdrawn"]


class Child(msgspec.Struct, frozen=True):
    """A learner as a guardian knows them: given name and class, no more (MAIL section 1.3, H14)."""

    given_name: str
    class_name: str | None = None


class PurposeLine(msgspec.Struct, frozen=True):
    """A purpose in the reader's language: its title, why, and the kinds of data (16 CFR 312.4(c)(1)(iii))."""

    title: str
    why: str = ""
    items: tuple[str, ...] = ()


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded answer: for whom, to what (`purpose` is a title in the reader's language), and which."""

    child: Child
    purpose: str
    answer: Answered


class Foot(msgspec.Struct, frozen=True, kw_only=True):
    """What stands at the foot of every letter: who runs the service, and the address that answers questions."""

    template: ClassVar[str]
    OWN: ClassVar[tuple[str, ...]] = ()
    """Where a letter goes out by the thousand: the fields that differ from one recipient to the next."""
    operator: str
    contact: str


class StaffSignIn(Foot, frozen=True, kw_only=True):
    """A link that signs a member of staff in, once. `minutes`: how long it lives."""

    template: ClassVar[str] = "staff_sign_in"
    url: str
    minutes: int


class StaffInvitation(Foot, frozen=True, kw_only=True):
    """Somebody may work here now. `institution` None: on the operator's own side. `valid_until`: of the link."""

    template: ClassVar[str] = "staff_invitation"
    institution: str | None
    url: str
    valid_until: str


class AuthorisationRequest(Foot, frozen=True, kw_only=True):
    """Asks the head of an institution to sign. `expires`: of the link; `in_force_until`: of what would be signed."""

    template: ClassVar[str] = "authorisation_request"
    signatory: str | None
    institution: str
    asked_by: str | None
    purposes: tuple[PurposeLine, ...]
    url: str
    expires: str
    in_force_until: str | None = None


class AuthorisationSigned(Foot, frozen=True, kw_only=True):
    """Tells the member of staff who asked that it was signed, what for, until when, and where it stands now."""

    template: ClassVar[str] = "authorisation_signed"
    institution: str
    signatory: str
    purposes: tuple[PurposeLine, ...]
    valid_until: str
    state: Literal["awaiting_verification", "active"]


class AboutAuthorisation(Foot, frozen=True, kw_only=True):
    """What the letters about an authorisation share. `url`: the school's page about it, for its staff; the signatory,
    who has no account, gets none. `signatory`: the name of the one who signed, where the letter is to them.
    """

    institution: str
    signatory: str | None
    url: str | None


class AuthorisationActive(AboutAuthorisation, frozen=True, kw_only=True):
    """It is in force. `lifted`: again, after a suspension. `valid_until`: its last day, in words."""

    template: ClassVar[str] = "authorisation_active"
    valid_until: str
    lifted: bool


class AuthorisationRefused(AboutAuthorisation, frozen=True, kw_only=True):
    """The signatory refused, or the operator could not confirm who signed (`by`). `reason`: in their words."""

    template: ClassVar[str] = "authorisation_refused"
    by: Literal["signatory", "operator"]
    reason: str | None
    when: str


class AuthorisationSuspended(AboutAuthorisation, frozen=True, kw_only=True):
    """It is stopped for the time being, by the school or the operator. `reason`: in their words."""

    template: ClassVar[str] = "authorisation_suspended"
    by: Literal["school", "operator"]
    reason: str | None
    when: str


class AuthorisationRevoked(AboutAuthorisation, frozen=True, kw_only=True):
    """It is ended for good: by the school, by the operator, or with the institution (`end`)."""

    template: ClassVar[str] = "authorisation_revoked"
    by: Literal["school", "operator", "end"]
    reason: str | None
    when: str


class AuthorisationRenewal(AboutAuthorisation, frozen=True, kw_only=True):
    """It ends soon. `last_day`, in words; `asked`: a new one has been asked for and waits for the signature."""

    template: ClassVar[str] = "authorisation_renewal"
    last_day: str
    asked: bool


class Asking(Foot, frozen=True, kw_only=True):
    """What the first letter to a guardian and its reminders share.

    `deadline`: the instant, in words, after which names and addresses are deleted if nobody answers (16 CFR
    312.4(c)(1)(vii)). `disclosure`: the notice's sentence on others who get data, where there is one ((iv)).
    `notice_url`: the whole notice ((v)). The source of the address is named as GDPR art. 14(2)(f) asks.
    """

    OWN: ClassVar[tuple[str, ...]] = ("guardian", "children", "url", "unsubscribe_url")
    school: str
    guardian: str | None
    children: tuple[Child, ...]
    purposes: tuple[PurposeLine, ...]
    url: str
    deadline: str
    notice_url: str
    disclosure: str = ""


class ConsentRequest(Asking, frozen=True, kw_only=True):
    """The first letter to a guardian: what the school asks for, and for whom."""

    template: ClassVar[str] = "consent_request"


class ConsentReminder(Asking, frozen=True, kw_only=True):
    """Reminder `number` of `total`. `unsubscribe_url` opens the page that stops reminders; it refuses nothing."""

    template: ClassVar[str] = "consent_reminder"
    number: int
    total: int
    unsubscribe_url: str


class NoticeFinal(Asking, frozen=True, kw_only=True):
    """The last reminder before names and addresses are deleted."""

    template: ClassVar[str] = "notice_final"
    unsubscribe_url: str


class ConsentRecorded(Foot, frozen=True, kw_only=True):
    """At once after an answer. `recorded`: when, in words; `url` changes it or takes it back; `confirmed_after`: when
    a yes counts, in words, if the second letter is still to come (16 CFR 312.5(b)(2)(viii)), else None.
    """

    template: ClassVar[str] = "consent_recorded"
    school: str
    guardian: str | None
    answers: tuple[Answer, ...]
    recorded: str
    url: str
    confirmed_after: str | None = None


class ConsentConfirmation(Foot, frozen=True, kw_only=True):
    """The second, delayed letter: it completes a yes given by e-mail, sums the notice up again and says how to
    revoke. `answers` are those that count from now on; `recorded`: when they were given, in words.
    """

    template: ClassVar[str] = "consent_confirmation"
    school: str
    guardian: str | None
    answers: tuple[Answer, ...]
    purposes: tuple[PurposeLine, ...]
    recorded: str
    url: str
    notice_url: str
    disclosure: str = ""


class ConsentWithdrawn(Foot, frozen=True, kw_only=True):
    """At once after a withdrawal. `deleted_by`: when the learner's data are deleted at the latest, in words; None
    where the account stays open, since only an optional purpose was withdrawn.
    """

    template: ClassVar[str] = "consent_withdrawn"
    school: str
    guardian: str | None
    answers: tuple[Answer, ...]
    recorded: str
    url: str
    deleted_by: str | None = None


class AgeUpGuardian(Foot, frozen=True, kw_only=True):
    """Ahead of the birthday from which the learner decides alone: `day`, in words. Nothing is switched on by it."""

    template: ClassVar[str] = "age_up_guardian"
    school: str
    guardian: str | None
    child: Child
    day: str


class AgeUpLearner(Foot, frozen=True, kw_only=True):
    """To the learner: from `day` on they decide; `begun`: that day has come. `url` opens their own page."""

    template: ClassVar[str] = "age_up_learner"
    school: str
    learner: str
    day: str
    begun: bool
    url: str


LETTERS: dict[str, type[Foot]] = {
    letter.template: letter
    for letter in (
        StaffSignIn, StaffInvitation, AuthorisationRequest, AuthorisationSigned, AuthorisationActive,
        AuthorisationRefused, AuthorisationSuspended, AuthorisationRevoked, AuthorisationRenewal, ConsentRequest,
        ConsentReminder, NoticeFinal, ConsentRecorded, ConsentConfirmation, ConsentWithdrawn, AgeUpGuardian,
        AgeUpLearner,
    )
}  # fmt: skip
"""Every letter by the name it has in the outbox."""
