"""The modules of a page: the browser asks for all of them before it has read the first."""

import json
from functools import cache
from typing import Any

from django import template
from django.conf import settings

register = template.Library()

_LISTS = settings.BASE_DIR / "static" / "dist" / "modules.json"


@register.inclusion_tag("ide/_modules.html", takes_context=True)
def page_modules(context: dict[str, Any], entry: str) -> dict[str, Any]:
    """The module `entry`, such as `workspace.js`, and what it imports."""
    lists = _read_lists() if settings.DEBUG else _lists()
    return {"entry": entry, "nonce": context["request"].csp_nonce, **lists[entry]}


def _read_lists() -> Any:
    return json.loads(_LISTS.read_text())


_lists = cache(_read_lists)  # the pages are drawn on the event loop, which is to read no file
