"""Asking before something is done that its victims would notice."""

from collections.abc import Iterable, Sequence

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse

from staff.admin.base import AuditedAdmin
from staff.paging import all_in_one

_MOST_NAMED = 100


def is_confirmed(request: HttpRequest) -> bool:
    return request.method == "POST" and "confirmed" in request.POST


def counted(rows: Sequence[Model]) -> str:
    """How many of what; there is at least one."""
    meta = rows[0]._meta
    return f"{len(rows):,} {meta.verbose_name if len(rows) == 1 else meta.verbose_name_plural}"


def confirmation(
    admin: AuditedAdmin,
    request: HttpRequest,
    rows: Iterable[Model],
    *,
    title: str,
    consequence: str,
    button: str,
    warning: str = "",
    back: str = "",
) -> TemplateResponse:
    """The page that asks; its button sends the same again, confirmed, for those `rows` alone."""
    rows = list(rows)
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": title,
        "consequence": consequence,
        "warning": warning,
        "button": button,
        "names": [str(row) for row in rows[:_MOST_NAMED]],
        "count": len(rows),
        "fields": [
            *(("action", name) for name in request.POST.getlist("action")),
            (ACTION_CHECKBOX_NAME, all_in_one(rows)),
        ],
        "back": back or request.get_full_path(),
    }
    return TemplateResponse(request, "admin/confirm.html", context)
