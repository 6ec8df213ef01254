"""Which form an answer has: the one that its view has, whatever a request asks for."""

from collections.abc import Iterable

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class OneFormNegotiation(DefaultContentNegotiation):
    """Neither `Accept` nor `?format=` changes an answer, or makes an error of it.

    A body without a `Content-Type` is JSON, as the service that this one takes over from read it.
    """

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        if not request.content_type:
            return next(iter(parsers))
        return super().select_parser(request, parsers)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        assert renderer.media_type
        return renderer, renderer.media_type
