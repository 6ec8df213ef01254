"""What staff see of the assistant: every call, and nothing that they could change."""

from datetime import date, timedelta
from typing import Any, get_args

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone

from accounts.audit import audit
from accounts.models import AuditAction
from accounts.visibility import of_visible_users
from assistant.actions import ACTIONS
from assistant.models import Call
from assistant.questions import STEPS
from assistant.selectors import provider_list
from assistant.verdicts import Status
from staff.admin.base import OwnedAdmin, staff_of
from staff.assistant_figures import calls_between, tables
from staff.filters import KnownFilter
from staff.runs.filters import LanguageFilter

_DAYS = 30
_MAX_DAYS = 366


class DaysForm(forms.Form):
    """The days that figures are of; the last thirty where none are chosen."""

    since = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="to", widget=forms.DateInput(attrs={"type": "date"}))

    @classmethod
    def of(cls, request: HttpRequest) -> "DaysForm":
        today = timezone.now().date()
        last = {"since": today - timedelta(days=_DAYS - 1), "until": today}
        return cls(request.GET if {"since", "until"} & request.GET.keys() else last)

    def clean(self) -> dict[str, Any]:
        since, until = (self.cleaned_data.get(name) for name in ("since", "until"))
        if since and until:
            self._check(since, until)
        return self.cleaned_data

    def _check(self, since: date, until: date) -> None:
        if since > until:
            raise forms.ValidationError("The first day must not be behind the last.")
        if (until - since).days >= _MAX_DAYS:
            raise forms.ValidationError(f"At most {_MAX_DAYS} days can be looked at together.")


class VerdictFilter(KnownFilter):
    title = parameter_name = "verdict"
    values = get_args(Status)


class ActionFilter(KnownFilter):
    title = parameter_name = "action"
    values = ACTIONS


class StepFilter(KnownFilter):
    title = parameter_name = "step"
    values = STEPS


class ProviderFilter(KnownFilter):
    title = parameter_name = "provider"
    values = tuple(settings.AI_PROVIDERS)


@admin.register(Call)
class CallAdmin(OwnedAdmin):
    list_display = (
        "created_at",
        "who",
        "action",
        "step",
        "language_words",
        "provider",
        "model",
        "outcome",
        "verdict",
        "first_text_ms",
        "latency_ms",
        "prompt_tokens",
        "answer_tokens",
    )
    list_filter = (
        "outcome",
        VerdictFilter,
        ActionFilter,
        StepFilter,
        ProviderFilter,
        LanguageFilter,
        "created_at",
    )
    list_select_related = ("user",)
    search_fields = ("user__username", "user__email")
    date_hierarchy = "created_at"
    show_facets = admin.ShowFacets.NEVER

    def get_urls(self) -> list[URLPattern]:
        figures = self.admin_site.admin_view(self.figures)
        return [path("figures/", figures, name="assistant_call_figures"), *super().get_urls()]

    def figures(self, request: HttpRequest) -> TemplateResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        staff = staff_of(request)
        form = DaysForm.of(request)
        days = form.cleaned_data if form.is_valid() else None
        audit(staff, AuditAction.LISTED, what="figures of the assistant")
        calls = calls_between(**days).filter(of_visible_users(staff)) if days else None
        has_any = calls is not None and calls.exists()
        context = {
            **self.admin_site.each_context(request),
            "title": "The assistant in figures",
            "opts": self.opts,
            "form": form,
            "has_none": bool(days) and not has_any,
            "has_provider": bool(provider_list()),
            "tables": tables(calls, staff) if calls is not None and has_any else [],
        }
        return TemplateResponse(request, "admin/assistant/call/figures.html", context)
