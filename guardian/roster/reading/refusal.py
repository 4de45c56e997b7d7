"""The whole input is refused: the one exception that leaves a container or a table."""

from typing import Any

from guardian.i18n import gettext_noop as N_

FILES = N_("files")
MB = N_("MB")
ROWS = N_("rows")
SHEET_CELLS = N_("cells in one sheet")
SECONDS_OF_READING = N_("seconds of reading")
CHARACTERS = N_("characters in one line")


class InputRefused(Exception):
    """`code` is one of PASSWORD_PROTECTED, TOO_LARGE, ZIP_UNSAFE, FORMAT_UNKNOWN, EMPTY."""

    def __init__(self, code: str, file: str = "", value: str | None = None, **places: Any) -> None:
        super().__init__(code)
        self.code = code
        self.file = file
        self.value = value
        self.places = places
