"""Security headers on every response, answers of the router itself among them; as raw ASGI it costs microseconds."""

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from guardian.web.request_log import is_http, request_id_of

_API_CSP = "default-src 'none'; frame-ancestors 'none'"
_LETTER_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_DESK_CSP = _LETTER_CSP + "; script-src 'self'; connect-src 'self'"
_COMMON = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), browsing-topics=()"),
    (b"cache-control", b"no-store"),
)
_API_PATHS = ("/v1/", "/.well-known/", "/health/", "/metrics", "/schema")
_DESK_PATHS = ("/school", "/admin", "/demo", "/inbox")
_TOKEN_PATHS = ("/g/", "/u/", "/sign/", "/sign-in/")
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")

Headers = tuple[tuple[bytes, bytes], ...]


class SecurityHeaders:
    """Wraps an application: adds the headers that a response does not set itself."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        common = (*_COMMON, _HSTS) if https else _COMMON
        self._api: Headers = (*common, (b"content-security-policy", _API_CSP.encode()))
        self._desk: Headers = (*common, (b"content-security-policy", _DESK_CSP.encode()))
        self._letter: Headers = (*common, (b"content-security-policy", _LETTER_CSP.encode()))
        self._mailed: Headers = (*self._letter, (b"x-robots-tag", b"noindex, nofollow"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_http(scope):
            await self._app(scope, receive, send)
            return
        ours = self._of(scope["path"])
        number = request_id_of(scope)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [*message.get("headers", [])]
                names = {name.lower() for name, _ in headers}
                headers.extend(pair for pair in ours if pair[0] not in names)
                if number:
                    headers.append((b"x-request-id", number.encode()))
                message["headers"] = headers
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _of(self, path: str) -> Headers:
        if path.startswith(_API_PATHS):
            return self._api
        if path.startswith(_TOKEN_PATHS):
            return self._mailed
        return self._desk if path.startswith(_DESK_PATHS) else self._letter
