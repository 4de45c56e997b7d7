"""Style sheet and script: kept in memory, addressed by the hash of what is in them, so that browsers may keep them."""

import gzip
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
from litestar import HttpMethod, Request, Response, route
from litestar.params import FromPath

from guardian.errors import NotFound
from guardian.i18n import gettext_noop as N_
from guardian.resources import STATIC

_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"


class StaticFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it is sent. `digest` names what is in it: 12 hexadecimal digits of its SHA-256."""

    content: bytes
    packed: bytes
    digest: str
    kind: str


@cache
def load(name: str) -> StaticFile:
    """A file of the static folder by its plain name. Raises NotFound for anything else."""
    path = STATIC / name
    kind = _KINDS.get(path.suffix)
    # Only a name that the folder itself lists: no way up, no way down, no hidden file.
    if kind is None or name not in {found.name for found in STATIC.iterdir()}:
        message = N_("There is nothing at this address. Check the link, or start from the first page.")
        raise NotFound("not_found", message)
    content = path.read_bytes()
    packed = gzip.compress(content, 9, mtime=0)
    return StaticFile(content=content, packed=packed, digest=sha256(content).hexdigest()[:12], kind=kind)


@route("/static/{name:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], include_in_schema=False)
async def static_file(request: Request[Any, Any, Any], name: FromPath[str]) -> Response[bytes]:
    """A static file: for ever under the address that names its content, else to be asked for again each time."""
    file = load(name)
    tag = f'"{file.digest}"'
    headers = {
        "ETag": tag,
        "Vary": "Accept-Encoding",
        "Cache-Control": _FOR_EVER if request.query_params.get("v") == file.digest else "no-cache",
    }
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=file.kind)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=file.kind)
    return Response(file.content, headers=headers, media_type=file.kind)
