"""The site of the admin: its names and its door."""

from typing import Any, cast

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse

from accounts.models import User
from staff.dashboard.page import dashboard


class StaffSite(admin.AdminSite):
    site_title = "CloudRun IDE"
    site_header = "CloudRun IDE"
    index_title = "Overview"

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """One door for all: its limits and second factors hold for operators, too."""
        door = secure_admin_login(super().login)
        return door(request, extra_context)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        figures = dashboard(request, cast(User, request.user))
        return super().index(request, {**figures, **(extra_context or {})})
