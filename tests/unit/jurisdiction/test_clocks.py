"""The clocks of the law notes, section 4: defaults and caps."""

import msgspec
import pytest

from guardian.errors import Refused
from guardian.jurisdiction.clocks import CAPS, Clocks


@pytest.mark.parametrize(
    ("name", "default", "cap"),
    [
        ("waiting_on_guardian_days", 14, 30),
        ("no_authorisation_days", 7, 30),
        ("withdrawal_days", 7, 30),
        ("lapse_or_exit_days", 60, 90),
        ("request_answer_days", 30, 30),
        ("request_extension_months", 2, 2),
        ("complaint_acknowledgement_days", 30, 30),
        ("breach_notice_hours", 72, 72),
        ("backup_expiry_days", 35, 90),
    ],
)
def test_shorter_freely_longer_up_to_the_cap(name: str, default: int, cap: int) -> None:
    assert getattr(Clocks(), name) == default
    for value in (0, 1, cap):
        assert Clocks(**{name: value}).capped() == Clocks(**{name: value})
    for value in (-1, cap + 1):
        with pytest.raises(Refused) as wrong:
            Clocks(**{name: value}).capped()
        assert (wrong.value.code, wrong.value.where) == ("clock_over_cap", name)


def test_every_clock_has_a_cap() -> None:
    assert set(CAPS) == {field.name for field in msgspec.structs.fields(Clocks)}
    assert Clocks().capped() == Clocks()
