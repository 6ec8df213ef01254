"""Checks that come before every view, and before every WebSocket consumer."""

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port, validate_host

from cloudrun import problems
from cloudrun.errors import ForbiddenError, InvalidRequestError
from cloudrun.origins import check_origin
