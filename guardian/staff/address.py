"""Addresses of people who work at a school: the mail room's rules, and where a school's domains come in."""

from collections.abc import Iterable

from guardian.errors import Refused
from guardian.i18n import gettext_noop as N_
from guardian.mail.address import Address, parse

__all__ = ["Address", "domain", "lies_in", "parse"]


def domain(text: str, *, where: str = "domain") -> str:
    """A mail domain as lower-case A-label; a leading `@` is taken off. Raises Refused `domain_invalid`."""
    try:
        return parse(f"x@{text.strip().lstrip('@')}").domain
    except Refused as error:
        raise Refused(
            "domain_invalid", N_("This is not a mail domain. Write what stands behind the @, like school.example."),
            where=where,
        ) from error  # fmt: skip


def lies_in(given: Address, domains: Iterable[str]) -> bool:
    """Whether the address is at one of the domains or at a subdomain of one: a school's staff's vouch for a
    signatory, its pupils' may neither sign nor work there.
    """
    return any(given.domain == known or given.domain.endswith(f".{known}") for known in domains)
