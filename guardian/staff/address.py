"""Mail addresses of staff and signatories: how they are kept, compared and placed."""

from collections.abc import Iterable

import msgspec
from email_validator import EmailNotValidError, validate_email

from guardian.errors import Refused
from guardian.i18n import gettext_noop as N_


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """`text` is what letters are sent to, as it was given; `key` compares two addresses: lower case, and the domain
    as A-label. Dots and `+tags` stay: folding them would write to the wrong person.
    """

    text: str
    key: str

    @property
    def domain(self) -> str:
        """The domain as lower-case A-label."""
        return self.key.rpartition("@")[2]

    @property
    def person(self) -> str:
        """The key without a `+tag`: never for sending, only to see that two addresses are one person's."""
        local, _, domain = self.key.rpartition("@")
        return f"{local.partition('+')[0]}@{domain}"


def parse(text: str, *, where: str = "email") -> Address:
    """The address in a form field. Raises Refused `address_invalid`."""
    try:
        valid = validate_email(text.strip(), check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError as error:
        raise Refused(
            "address_invalid",
            N_("This is not a whole e-mail address. Write it like name@school.example."),
            where=where,
        ) from error
    local = valid.ascii_local_part or valid.local_part
    return Address(text=valid.normalized, key=f"{local.lower()}@{valid.ascii_domain.lower()}")


def domain(text: str, *, where: str = "domain") -> str:
    """A mail domain as lower-case A-label; a leading `@` is taken off. Raises Refused `domain_invalid`."""
    try:
        return parse(f"x@{text.strip().lstrip('@')}").domain
    except Refused as error:
        raise Refused(
            "domain_invalid", N_("This is not a mail domain. Write what stands behind the @, like school.example."),
            where=where,
        ) from error  # fmt: skip


def lies_in(address: Address, domains: Iterable[str]) -> bool:
    """Whether the address is at one of the domains or at a subdomain of one."""
    return any(address.domain == known or address.domain.endswith(f".{known}") for known in domains)
