"""Asking before something is done that its victims would notice."""

from collections.abc import Iterable

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse

from staff.admin.base import AuditedAdmin

_MOST_NAMED = 100


def is_confirmed(request: HttpRequest) -> bool:
    return request.method == "POST" and "confirmed" in request.POST


def confirmation(
    admin: AuditedAdmin,
    request: HttpRequest,
    rows: Iterable[Model],
    *,
    title: str,
    consequence: str,
    button: str,
    action: str = "",
    back: str = "",
) -> TemplateResponse:
    """The page that asks; its button sends the same again, confirmed. `action` is that of a list
    whose `rows` are ticked."""
    rows = list(rows)
    ticked = [("action", action), *((ACTION_CHECKBOX_NAME, row.pk) for row in rows)]
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": title,
        "consequence": consequence,
        "button": button,
        "names": [str(row) for row in rows[:_MOST_NAMED]],
        "more": max(len(rows) - _MOST_NAMED, 0),
        "fields": ticked if action else [],
        "back": back or request.get_full_path(),
    }
    return TemplateResponse(request, "admin/confirm.html", context)
