"""Jobs that two rooms share: what happened to people, for the room above that acts on it. Payloads are ids."""

from typing import ClassVar
from uuid import UUID

from guardian.jobs import Job


class AskGuardians(Job, frozen=True):
    """Ask every guardian of an institution who has not answered yet: a roster was committed, or an authorisation
    came into force. Handled by `guardian.consent.asking.ask_guardians`.
    """

    name: ClassVar[str] = "consent.ask_guardians"
    repeats: ClassVar[bool] = True
    institution: UUID


class AddressCorrected(Job, frozen=True):
    """A guardian's address was changed: letters to the old one must open nothing any more. Handled by
    `guardian.consent.asking.address_corrected`.
    """

    name: ClassVar[str] = "consent.address_corrected"
    guardian: UUID
