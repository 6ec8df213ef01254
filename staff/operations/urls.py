from django.urls import path

from staff.operations.metrics import metrics_view

urlpatterns = [path("metrics", metrics_view, name="metrics")]
