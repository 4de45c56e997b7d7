"""What the signatory fills in, what lacks in it, and the record of what was signed."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

import msgspec

from guardian.authorisation.domain import Authorisation
from guardian.i18n import gettext_noop as N_

METHOD = "email_link"
"""How the signature was given: through a link mailed to the signatory's own work address."""

STATEMENT = N_("I am authorised to decide this on behalf of %(institution)s, and I have read the notice in full.")


class Signing(msgspec.Struct, frozen=True, kw_only=True):
    """The signatory's form. Nothing in it is chosen beforehand."""

    name: str = ""
    title: str = ""
    statement_confirmed: bool = False
    scopes: tuple[str, ...] = ()

    def tidied(self) -> "Signing":
        """The same with single spaces in the name and title."""
        return msgspec.structs.replace(self, name=" ".join(self.name.split()), title=" ".join(self.title.split()))


class Fault(msgspec.Struct, frozen=True):
    """What lacks in one field. `message` is a msgid."""

    field: str
    message: str


def faults(signing: Signing) -> tuple[Fault, ...]:
    """Everything that stands between this form and a signature (LAW requirements 8 and 9), in the page's order."""
    found = []
    if "use_services" not in signing.scopes:
        found.append(
            Fault("use_services", N_("Tick that the learners may use the lessons. If you do not agree, refuse below."))
        )
    if "collect_information" not in signing.scopes:
        found.append(
            Fault(
                "collect_information",
                N_("Tick that the data listed may be collected. If you do not agree, refuse below."),
            )
        )
    if not 1 < len(signing.name) <= 255:
        found.append(Fault("name", N_("Write your first and last name.")))
    if not 1 < len(signing.title) <= 255:
        found.append(Fault("title", N_("Write your position at the school, such as head teacher.")))
    if not signing.statement_confirmed:
        found.append(Fault("statement", N_("Tick that you are authorised to sign for the school.")))
    return tuple(found)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What was signed, whole: nothing in it can change afterwards, so that its digest proves it."""

    authorisation: UUID
    institution: UUID
    legal_model: str
    scopes: tuple[str, ...]
    purposes: tuple[str, ...]
    valid_until: datetime
    notice: UUID
    notice_sha256: str
    language: str
    signatory_name: str
    signatory_title: str
    signatory_email: str
    statement: str
    method: str
    signed_at: datetime


def record_of(signed: Authorisation) -> Record | None:
    """The record of a signed authorisation; nothing before it is signed or after its personal fields were erased."""
    values = {name: getattr(signed, name) for name in Record.__struct_fields__ if name != "authorisation"}
    if any(value is None for value in values.values()):
        return None
    return Record(authorisation=signed.id, **values)


def digest(record: Record) -> str:
    """SHA-256, in hex, over the record's canonical JSON: keys sorted, instants in UTC to the microsecond."""
    return sha256(msgspec.json.encode(record, order="sorted")).hexdigest()
