"""The audit log, to read: nobody can change it, whatever their rights."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import AuditAction, AuditEntry, Classroom, User
from assistant.models import Call
from cloudrun.times import moment
from ide.models import Workspace
from sandbox.models import Run
from staff.filters import ChoiceFilter
from staff.paging import LargeListAdmin, PlannedChangeList

_MOST_USERS = 100
# What entries name by an id, and the column that says to people which it is; empty where none does.
_NAMES: dict[type[Model], str] = {
    Run: "", Workspace: "name", Classroom: "name", Call: "", User: "username",
}  # fmt: skip
_MODELS = {str(model._meta.verbose_name): model for model in _NAMES}
_THING = re.compile(rf"\b({'|'.join(_MODELS)}) (\w+)")
_SHOWN = ("when", "who", "did", "whose", "thing")


class ActionFilter(ChoiceFilter):
    title = "action"
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return AuditAction.choices


class AuditChangeList(PlannedChangeList):
    """Knows of what its page names whether it is still there, with a query for each kind."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = _with_things(self.result_list)


@admin.register(AuditEntry)
class AuditAdmin(LargeListAdmin):
    list_display = fields = readonly_fields = _SHOWN
    sortable_by = ("when",)
    list_select_related = ("actor", "subject")
    list_filter = (ActionFilter, "at")
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("what",)
    search_help_text = (
        "Who looked or at whose, as their name begins; what it begins with, or its id."
    )
    actions = None

    @admin.display(description="when", ordering="at")
    def when(self, entry: AuditEntry) -> SafeString:
        return moment(entry.at)

    @admin.display(description="who")
    def who(self, entry: AuditEntry) -> SafeString:
        return _person(entry.actor, entry.actor_name)

    @admin.display(description="did")
    def did(self, entry: AuditEntry) -> str:
        return str(entry.get_action_display())

    @admin.display(description="whose")
    def whose(self, entry: AuditEntry) -> SafeString:
        return _person(entry.subject, "")

    @admin.display(description="what")
    def thing(self, entry: Any) -> SafeString:
        """As it was written down, with the way to it and its name where it is still there."""
        found = _THING.search(entry.what)
        if found is None or entry.thing is None:
            return format_html("{}", entry.what)
        address, name = entry.thing
        called = format_html(" “<bdi>{}</bdi>”", name) if name else ""
        begin, end = found.span()
        return format_html(
            '{}<a href="{}">{}{}</a>{}',
            entry.what[:begin], address, found[0], called, entry.what[end:],
        )  # fmt: skip

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AuditChangeList

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        entry = super().get_object(request, object_id, from_field)
        return _with_things([entry])[0] if entry else None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By what indexes have: the log grows with every look."""
        term = search_term.strip().replace("\x00", "")
        if not term:
            return queryset, False
        users = User.objects.filter(username__startswith=term.lower()).values_list("pk", flat=True)
        found = Q(actor_name__startswith=term.lower()) | Q(subject__in=[*users[:_MOST_USERS]])
        named = [f"{name} {term}" for name in _MODELS]
        return queryset.filter(found | Q(what__startswith=term) | Q(what__in=named)), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _person(user: User | None, name: str) -> SafeString:
    """With the way to their account; only `name` where that is gone."""
    if user is None:
        return format_html("{}", name or "-")
    address = reverse("admin:accounts_user_change", args=[user.pk])
    return format_html('<a href="{}">{}</a>', address, user.username)


def _with_things(entries: Iterable[Any]) -> list[Any]:
    """The same, each with `thing`: address and name of what it names by an id, else None."""
    entries = list(entries)
    named = {entry.pk: _THING.search(entry.what) for entry in entries}
    wanted: dict[str, set[str]] = defaultdict(set)
    for found in filter(None, named.values()):
        wanted[found[1]].add(found[2])
    things = {(kind, pk): thing for kind in wanted for pk, thing in _things(kind, wanted[kind])}
    for entry in entries:
        match = named[entry.pk]
        entry.thing = things.get((match[1], match[2])) if match else None
    return entries


def _things(kind: str, ids: set[str]) -> Iterable[tuple[str, tuple[str, str]]]:
    """Of those that are still there: id, address and name."""
    model = _MODELS[kind]
    is_number = model._meta.pk.get_internal_type() != "CharField"
    known = {pk for pk in ids if pk.isascii() and pk.isdigit()} if is_number else ids
    page = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
    columns = [column for column in ("pk", _NAMES[model]) if column]
    for pk, *names in model._default_manager.filter(pk__in=known).values_list(*columns):
        yield str(pk), (reverse(page, args=[pk]), "".join(names))
