from django.urls import path

from sandbox import api

urlpatterns = [
    path("health", api.HealthView.as_view(), name="health"),
    path("api/status", api.StatusView.as_view(), name="status"),
    path("api/languages", api.LanguagesView.as_view(), name="languages"),
    path("api/templates", api.TemplatesView.as_view(), name="templates"),
    path("api/templates/<str:language>", api.TemplateView.as_view(), name="template"),
    path("api/execute", api.ExecuteView.as_view(), name="execute"),
    path("api/execute/stop/<str:execution_id>", api.StopView.as_view(), name="execute-stop"),
]
