from django.urls import path

from sandbox.api import artifacts, execution, runs, server

urlpatterns = [
    path("health", server.HealthView.as_view(), name="health"),
    path("api/status", server.StatusView.as_view(), name="status"),
    path("api/languages", server.LanguagesView.as_view(), name="languages"),
    path("api/templates", server.TemplatesView.as_view(), name="templates"),
    path("api/templates/<str:language>", server.TemplateView.as_view(), name="template"),
    path("api/execute", execution.ExecuteView.as_view(), name="execute"),
    path("api/execute/stop/<str:execution_id>", execution.StopView.as_view(), name="execute-stop"),
    path("api/callbacks/key", execution.CallbackKeyView.as_view(), name="callback-key"),
    path("api/runs", runs.RunListView.as_view(), name="runs"),
    path("api/runs/batch", execution.BatchView.as_view(), name="runs-batch"),
    path("api/runs/<str:execution_id>", runs.RunView.as_view(), name="run"),
    path("api/runs/<str:execution_id>/events", runs.RunEventsView.as_view(), name="run-events"),
    path(
        "api/runs/<str:execution_id>/recording",
        runs.RunRecordingView.as_view(),
        name="run-recording",
    ),
    path(
        "api/runs/<str:execution_id>/artifacts",
        artifacts.RunArtifactsView.as_view(),
        name="run-artifacts",
    ),
    path(
        "api/runs/<str:execution_id>/artifacts/<path:name>",
        artifacts.RunArtifactView.as_view(),
        name="run-artifact",
    ),
]
