"""What a blocked learner is told: which kind of thing is missing, in words that give nobody's answer away.

A page for a learner never says who answered what, so all that guardians may have said, or not said, is one kind.
"""

from typing import Literal

from guardian.access.codes import CODES, PERMITS

Kind = Literal["school", "guardian", "you", "check", "gone", "later"]

_NAMED: dict[str, Kind] = {
    "unknown_learner": "later", "engine_error": "later", "no_institution": "school", "left_institution": "school",
    "legal_model_not_allowed": "school", "purpose_not_authorised": "school", "assent_declined": "you",
    "assent_missing": "you", "reported": "check", "identity_held": "check", "erasure_in_progress": "gone",
    "erased": "gone",
}  # fmt: skip
_BEGINNINGS: dict[str, Kind] = {"authorisation_": "school", "scope_": "school"}


def kind_of(code: str) -> Kind:
    """The kind of a code that blocks. KeyError: it does not block, or there is no such code."""
    if code not in CODES or code in PERMITS:
        raise KeyError(code)
    if code in _NAMED:
        return _NAMED[code]
    return next((kind for begins, kind in _BEGINNINGS.items() if code.startswith(begins)), "guardian")
