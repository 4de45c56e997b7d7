"""Whether a zip is safe to open, judged from its central directory before a byte is inflated."""

import stat
import zipfile
from pathlib import Path, PurePosixPath

from guardian.i18n import gettext_noop as N_
from guardian.roster.reading import limits
from guardian.roster.reading.refusal import FILES, MB, InputRefused

_NESTED = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".jar")
_WORKBOOK_MEMBERS = 2_000
_BOMB_BYTES, _BOMB_RATIO = 64 * limits.MEGABYTE, 200
"""Only both together: honest workbooks hold small parts packed a hundredfold."""
_LOCAL = 30
"""Bytes of a local header before the name."""


def check(archive: zipfile.ZipFile, source: Path) -> bool:
    """Whether the zip is a workbook.

    :raises InputRefused: ZIP_UNSAFE, TOO_LARGE or PASSWORD_PROTECTED.
    """
    entries = archive.infolist()
    names = {entry.filename for entry in entries}
    office = "[Content_Types].xml" in names
    document = "mimetype" in names and "content.xml" in names
    workbook = office or document
    _check_end(source, entries)
    if len(names) != len(entries):
        _unsafe(source, N_("two of its files have the same name"))
    if len(entries) > (_WORKBOOK_MEMBERS if workbook else limits.MEMBERS):
        raise InputRefused("TOO_LARGE", source.name, limit=limits.MEMBERS, unit=FILES)
    for entry in entries:
        _check_entry(entry, source, nested=not workbook)
    total = sum(entry.file_size for entry in entries)
    budget = limits.WORKBOOK_BYTES if workbook else limits.TEXT_BYTES
    if total > budget:
        raise InputRefused("TOO_LARGE", source.name, limit=budget // limits.MEGABYTE, unit=MB)
    return workbook


def _check_entry(entry: zipfile.ZipInfo, source: Path, *, nested: bool) -> None:
    name = entry.orig_filename.replace("\\", "/")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or name[1:2] == ":" or "\x00" in name:
        _unsafe(source, N_("a file in it points outside"))
    if stat.S_ISLNK(entry.external_attr >> 16):
        _unsafe(source, N_("it holds a link"))
    if entry.flag_bits & 0x1:
        raise InputRefused("PASSWORD_PROTECTED", source.name)
    if nested and name.casefold().endswith(_NESTED):
        _unsafe(source, N_("it holds another archive"))
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        _unsafe(source, N_("it is packed in an unusual way"))
    if entry.file_size > _BOMB_BYTES and entry.file_size > entry.compress_size * _BOMB_RATIO:
        _unsafe(source, N_("a file in it unpacks to more than 200 times its size"))


def _check_end(source: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Two end records let two programs see two different archives in one file. A workbook that lies in the archive
    as it is has one of its own.
    """
    with source.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - 66_000))
        tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if tail.count(b"PK\x05\x06") > 1 and tail.find(b"PK\x01\x02", 0, place) != tail.rfind(b"PK\x01\x02", 0, place):
        first = tail.find(b"PK\x05\x06")
        start = max(0, size - 66_000) + first
        within = any(
            entry.header_offset < start < entry.header_offset + _LOCAL + len(entry.orig_filename) + entry.compress_size
            for entry in entries
        )
        if not within and tail[first + 20 : first + 22] == b"\x00\x00":
            _unsafe(source, N_("it has two tables of contents"))


def _unsafe(source: Path, why: str) -> None:
    raise InputRefused("ZIP_UNSAFE", source.name, why=why)
