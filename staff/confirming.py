"""Asking before something is done that its victims would notice."""

from collections.abc import Iterable

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse

from staff.admin.base import AuditedAdmin

_MOST_NAMED = 100
# What a list sends of what is to be done to which rows: not each of them where all are meant.
_CHOICE = ("action", "select_across", ACTION_CHECKBOX_NAME)


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
    back: str = "",
) -> TemplateResponse:
    """The page that asks; its button sends the same again, confirmed. `rows` are those to whom it
    would be done."""
    rows = list(rows)
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": title,
        "consequence": consequence,
        "button": button,
        "names": [str(row) for row in rows[:_MOST_NAMED]],
        "count": len(rows),
        "fields": [(name, value) for name in _CHOICE for value in request.POST.getlist(name)],
        "back": back or request.get_full_path(),
    }
    return TemplateResponse(request, "admin/confirm.html", context)
