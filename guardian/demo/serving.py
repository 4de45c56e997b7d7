"""The demo's web process: the service's routes and the demo's own."""

import sys

from litestar import Litestar

from guardian import app, settings
from guardian.demo.pages import ROUTES
from guardian.registry import ROUTES as SERVICE
from guardian.serving import serve


def create() -> Litestar:
    """What the server's process loads."""
    return app.build(settings.read(), routes=[*SERVICE, *ROUTES])


if __name__ == "__main__":
    serve(settings.read(), host="127.0.0.1", port=int(sys.argv[1]), target="guardian.demo.serving:create")
