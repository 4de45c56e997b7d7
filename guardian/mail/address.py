"""Mail addresses: what is one, the form it is kept in, and how two are compared (MAIL section 1.2)."""

import msgspec
from email_validator import EmailNotValidError, validate_email

from guardian.errors import Refused
from guardian.i18n import gettext_noop as N_


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A checked address. `local` as it was given (composed Unicode), `domain` as lower-case A-label: letters go to
    `text`, never to a folded form.
    """

    local: str
    domain: str

    @property
    def text(self) -> str:
        """What letters are sent to."""
        return f"{self.local}@{self.domain}"

    @property
    def key(self) -> str:
        """Tells whether two spellings are one address; never sent to."""
        return f"{self.local.lower()}@{self.domain}"

    @property
    def person(self) -> str:
        """The key without a `+tag`; only to see that a guardian's address is the learner's own."""
        return f"{self.local.partition('+')[0].lower()}@{self.domain}"

    @property
    def plain(self) -> bool:
        """Whether any mail server can take it; others need one that announces SMTPUTF8."""
        return self.local.isascii()


def parse(text: str, *, where: str = "email", special_use: bool = False) -> Address:
    """The one address in a field, strictly: no display name, no list, no quotes, no address literal, no bare host.

    `special_use` also takes names like `x@demo.test`, for a rehearsal. Raises Refused `address_invalid`; whether
    mail reaches it is not asked.
    """
    try:
        valid = validate_email(text.strip(), check_deliverability=False, strict=True, test_environment=special_use)
    except EmailNotValidError as error:
        raise Refused(
            "address_invalid",
            N_("This is not a whole e-mail address. Write it like name@school.example."),
            where=where,
        ) from error
    return Address(local=valid.local_part, domain=valid.ascii_domain.lower())


def normal_form(text: str) -> str:
    """The form to keep and to send to. Raises Refused `address_invalid`."""
    return parse(text).text


def compare_key(text: str) -> str:
    """`lower(local)@lower(A-label domain)`. Raises Refused `address_invalid`."""
    return parse(text).key


def same_person_key(text: str) -> str:
    """The compare key with a `+tag` taken off: for the own-address check alone. Raises Refused `address_invalid`."""
    return parse(text).person
