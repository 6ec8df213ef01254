from django.urls import path

from assistant import api

urlpatterns = [
    path("assist", api.AssistView.as_view(), name="ai-assist"),
    path("status", api.StatusView.as_view(), name="ai-status"),
]
