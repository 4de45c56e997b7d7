"""Where the database is: the embedded one of the data home, or a server given by URL."""

import contextlib
from collections.abc import Callable

import msgspec

from guardian.db.embedded import Embedded
from guardian.errors import Unavailable
from guardian.settings import Settings


class Urls(msgspec.Struct, frozen=True):
    """`app` is what the service connects as, `owner` what migrates."""

    app: str
    owner: str
    embedded: Embedded | None = None

    def __repr__(self) -> str:
        return "Urls(…)"  # they hold passwords


def find(settings: Settings, *, progress: Callable[[str], None] | None = None) -> Urls:
    """The URLs; the embedded server is started when no URL is set. Raises Unavailable. Blocks for up to seconds."""
    if settings.database_url:
        return Urls(settings.database_url, settings.migration_database_url or settings.database_url)
    embedded = Embedded(settings.home, progress=progress)
    urls = embedded.ensure_running()
    return Urls(urls.database, urls.migration, embedded)


def revive(settings: Settings) -> None:
    """Start the embedded database again if it was killed; a given server comes back by itself. Blocks."""
    with contextlib.suppress(Unavailable):
        find(settings)
