from django.contrib import admin
from django.urls import path

from staff.operations.metrics import metrics_view
from staff.operations.status import status_view

urlpatterns = [
    path("metrics", metrics_view, name="metrics"),
    path("admin/status/", admin.site.admin_view(status_view), name="staff_status"),
]
