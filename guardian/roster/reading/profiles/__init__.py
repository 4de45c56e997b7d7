"""Table formats of known systems, the most particular first."""

from guardian.roster.reading.profile import Profile
from guardian.roster.reading.profiles import france, germany, lms, poland, spain, uk, us

PROFILES: tuple[Profile, ...] = (
    *us.PROFILES,
    *uk.PROFILES,
    *france.PROFILES,
    *poland.PROFILES,
    *spain.PROFILES,
    *germany.PROFILES,
    *lms.PROFILES,
)
