"""Who hears of what was done with an authorisation: the school's administrators, and the one who signed."""

from guardian.authorisation import store
from guardian.authorisation.domain import Authorisation
from guardian.context import Context, Tx
from guardian.mail import outbox
from guardian.staff import store as staff_store

REQUEST = "authorisation_request"
SIGNED = "authorisation_signed"
ACTIVE = "authorisation_active"
REFUSED = "authorisation_refused"
SUSPENDED = "authorisation_suspended"
REVOKED = "authorisation_revoked"
RENEWAL = "authorisation_renewal"


async def tell(
    ctx: Context, tx: Tx, act: Authorisation, letter: str, *, signatory: bool = True, sequence: int | None = None
) -> int:
    """Queue a letter to every administrator of the school and, unless told otherwise, to the signatory; answers how
    many. `sequence` makes a letter the only one of its number; without it every call writes anew.
    """
    if sequence is None:
        sequence, _ = await store.letters_sent(tx, act.id, letter)
    people = await staff_store.of_institution(tx, act.institution)
    to = [("staff", person.id) for person in people if person.role == "institution_admin" and person.email]
    if signatory and act.signatory_email:
        to.append(("signatory", act.id))
    for kind, recipient in to:
        wanted = outbox.Letter(
            letter=letter, recipient_kind=kind, recipient=recipient, subject=act.id, institution=act.institution,
            sequence=sequence,
        )  # fmt: skip
        await outbox.add(ctx, tx, wanted)
    return len(to)
