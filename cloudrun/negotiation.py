"""Which form an answer has: the one that its view has, whatever a request asks for."""

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class OneFormNegotiation(DefaultContentNegotiation):
    """Neither `Accept` nor `?format=` changes an answer, or makes an error of it."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        assert renderer.media_type
        return renderer, renderer.media_type
