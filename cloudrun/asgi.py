"""The ASGI application: HTTP to Django, WebSockets through the gate to their consumer."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import CookieMiddleware, SessionMiddleware
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cloudrun.settings")
django_application = get_asgi_application()

# What follows needs the apps loaded.
from django.urls import path, re_path  # noqa: E402

from cloudrun.access import SocketAccess  # noqa: E402
from cloudrun.middleware import SocketGate  # noqa: E402
from cloudrun.proxies import TrustedProxies  # noqa: E402
from sandbox.consumers import ExecuteConsumer, NotFoundConsumer  # noqa: E402

websockets = URLRouter(
    [
        path("ws/execute", ExecuteConsumer.as_asgi()),
        re_path("", NotFoundConsumer.as_asgi()),
    ]
)

application = TrustedProxies(
    ProtocolTypeRouter(
        {
            "http": django_application,
            "websocket": SocketAccess(SocketGate(CookieMiddleware(SessionMiddleware(websockets)))),
        }
    )
)
