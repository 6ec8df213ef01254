"""Narrowing a list to the students of a class."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Membership
from accounts.visibility import visible_classes
from staff.admin.base import staff_of
from staff.filters import ChoiceFilter

Choice = tuple[str, str]


class ClassFilter(ChoiceFilter):
    """The classes that the asker may see; in any other they find nobody.

    `field` leads from a row to its user.
    """

    title = "class"
    parameter_name = "class"
    field = "user"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[Choice]:
        classes = visible_classes(staff_of(request))
        return [(str(classroom.pk), classroom.name) for classroom in classes]

    @property
    def problem(self) -> str:
        return "There is no such class, or it is not yours." if super().problem else ""

    def chosen(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        members = Membership.objects.filter(classroom=int(value)).order_by()
        # By their numbers, as `accounts.visibility` has it.
        return rows.filter(**{f"{self.field}__in": [*members.values_list("user", flat=True)]})

    def has_output(self) -> bool:
        """Also where there is one class, and by an address that names another."""
        return bool(self.lookup_choices) or bool(self.value())
