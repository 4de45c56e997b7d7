"""Mail domains of a school: its staff's, which vouch for a signatory, and its pupils', which may not sign or work."""

from collections.abc import Iterable

from guardian.errors import Refused
from guardian.i18n import gettext_noop as N_
from guardian.mail.address import Address
from guardian.mail.address import parse as parse_address


def parse(text: str, *, where: str = "domain") -> str:
    """A mail domain as lower-case A-label; a leading `@` is taken off. Raises Refused `domain_invalid`."""
    try:
        return parse_address(f"x@{text.strip().lstrip('@')}").domain
    except Refused as error:
        raise Refused(
            "domain_invalid", N_("This is not a mail domain. Write what stands behind the @, like school.example."),
            where=where,
        ) from error  # fmt: skip


def lies_in(address: Address, domains: Iterable[str]) -> bool:
    """Whether the address is at one of the domains or at a subdomain of one."""
    return any(address.domain == known or address.domain.endswith(f".{known}") for known in domains)
