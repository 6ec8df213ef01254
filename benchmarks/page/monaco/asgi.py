"""The ASGI application that gives Monaco's page out as the product gives out its static files."""

import os
from collections.abc import Iterable
from typing import Any

from asgiref.typing import ASGIApplication
from asgiref.wsgi import WsgiToAsgi
from whitenoise import WhiteNoise


def _not_found(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("404 Not Found", [])
    return []


application: ASGIApplication = WsgiToAsgi(  # type: ignore[no-untyped-call]  # asgiref has no types there
    WhiteNoise(_not_found, root=os.environ["SITE_FOLDER"])
)
