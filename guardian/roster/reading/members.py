"""The files of an upload: one file, a folder, or the members of a zip."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from guardian.i18n import gettext_noop as N_
from guardian.roster.reading import limits
from guardian.roster.reading.archive import check
from guardian.roster.reading.refusal import FILES, MB, InputRefused

_DEBRIS = frozenset({".ds_store", "thumbs.db", "desktop.ini", "__macosx"})


class Member:
    """One file. `name` is its path inside the upload."""

    def __init__(self, name: str, size: int, path: Path | None = None, archive: zipfile.ZipFile | None = None) -> None:
        self.name = name
        self.size = size
        self._path = path
        self._archive = archive

    @property
    def base(self) -> str:
        """The name without folders, folded: files of bundles are known by it."""
        return PurePosixPath(self.name).name.casefold()

    @property
    def depth(self) -> int:
        """How many folders deep it lies."""
        return len(PurePosixPath(self.name).parts) - 1

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """The bytes, seekable.

        :raises InputRefused: they cannot be read.
        """
        try:
            if self._archive is None:
                assert self._path is not None
                with self._path.open("rb") as file:
                    yield file
            else:
                with self._archive.open(self.name) as inflated:
                    yield inflated  # type: ignore[misc]
        except (
            zipfile.BadZipFile,
            EOFError,
            NotImplementedError,
            RuntimeError,
            OSError,
            io.UnsupportedOperation,
        ) as wrong:
            if isinstance(wrong, RuntimeError) and not isinstance(wrong, NotImplementedError) and self._archive is None:
                raise
            raise InputRefused(
                "ZIP_UNSAFE" if self._archive else "FORMAT_UNKNOWN", self.name, why=N_("it is damaged")
            ) from None


@contextmanager
def members(source: Path) -> Iterator[tuple[list[Member], bool]]:
    """The files of an upload, and whether they came as a bundle (a folder or a zip).

    :raises InputRefused: the container is unsafe, too large, empty or damaged.
    :raises OSError: it is not there, or this account may not read it.
    """
    if source.is_dir():
        yield list(_of_folder(source)), True
        return
    size = source.stat().st_size
    with source.open("rb") as file:
        magic = file.read(4)
    if size == 0:
        raise InputRefused("EMPTY", source.name)
    if magic[:2] != b"PK" or magic not in {b"PK\x03\x04", b"PK\x05\x06"}:
        yield [Member(source.name, size, path=source)], False
        return
    try:
        archive = zipfile.ZipFile(source)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise InputRefused("ZIP_UNSAFE", source.name, why=N_("it is damaged")) from None
    with archive:
        workbook = check(archive, source)
        if workbook:
            yield [Member(source.name, size, path=source)], False
            return
        found = [
            Member(entry.filename, entry.file_size, archive=archive)
            for entry in archive.infolist()
            if not entry.is_dir() and not is_debris(entry.filename)
        ]
        if not found:
            raise InputRefused("EMPTY", source.name)
        yield found, True


def _of_folder(source: Path) -> Iterator[Member]:
    total = count = 0
    for path in sorted(source.rglob("*")):
        name = path.relative_to(source).as_posix()
        if is_debris(name) or path.is_symlink() or not path.is_file():
            continue
        count += 1
        size = path.stat().st_size
        total += size
        if count > limits.MEMBERS:
            raise InputRefused("TOO_LARGE", source.name, limit=limits.MEMBERS, unit=FILES)
        if total > limits.TEXT_BYTES:
            raise InputRefused("TOO_LARGE", source.name, limit=limits.TEXT_BYTES // limits.MEGABYTE, unit=MB)
        yield Member(name, size, path=path)
    if not count:
        raise InputRefused("EMPTY", source.name)


def is_debris(name: str) -> bool:
    """What operating systems and office programs leave beside real files."""
    parts = PurePosixPath(name.casefold()).parts
    return any(part in _DEBRIS or part.startswith(("._", "~$")) for part in parts)
