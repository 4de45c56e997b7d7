"""The short way to one decision: a plain `GET /v1/learners/{id}/decision` that ends well is answered here.

Everything else (other parameters, a wrong key, an unknown learner, any trouble) takes the whole way through the routes,
which say what is wrong. Both ways give the same answer; the short one leaves out what costs more than the decision.
"""

from litestar.types import ASGIApp, Receive, Scope, Send

from guardian.platform.answers import Answers
from guardian.platform.domain import PREFIX, matches, max_age

_BEFORE, _AFTER = "/v1/learners/", "/decision"
_TEMPLATE = "/v1/learners/{platform_id}/decision"


class Quick:
    """Wraps an application. Its state holds `answers` and `context` once it has started."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, key, known = _asked(scope)
        if name is None or key is None:
            await self._app(scope, receive, send)
            return
        state = scope["litestar_app"].state
        answers: Answers = state.answers
        try:
            answer = await answers.one(name, key, "decide")
        except Exception:  # noqa: BLE001 (the routes meet the same trouble, and say so as they say it everywhere)
            answer = None
        if answer is None:
            await self._app(scope, receive, send)
            return
        scope["path_template"] = _TEMPLATE
        context = state.context
        age = max_age(answer.decision, context.clock.now(), context.settings.decision_max_age)
        headers = [
            (b"etag", answer.tag.encode()),
            (b"cache-control", b"private, max-age=%d" % age),
            (b"vary", b"Authorization"),
        ]
        same = matches(known, answer.tag)
        body = b"" if same else answer.body
        if not same:
            headers += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 304 if same else 200, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})


def _asked(scope: Scope) -> tuple[str | None, str | None, str | None]:
    """The learner and the key of a request for one decision, and the validator the caller knows."""
    path = scope["path"]
    if (
        not path.endswith(_AFTER)
        or not path.startswith(_BEFORE)
        or scope.get("method") != "GET"
        or scope["query_string"]
    ):
        return None, None, None
    name = path[len(_BEFORE) : -len(_AFTER)]
    if not name or "/" in name or "\0" in name or not name.isprintable():
        return None, None, None
    key = known = None
    for header, value in scope["headers"]:
        if header == b"authorization":
            kind, _, given = value.decode("latin-1").partition(" ")
            if key is None and kind == "Bearer" and given.startswith(PREFIX) and given.isascii():
                key = given
        elif header == b"if-none-match":
            known = value.decode("latin-1")
    return name, key, known
