from django.urls import path

from ide import views

urlpatterns = [
    path("", views.index, name="index"),
    path("preview/<str:token>/", views.preview, {"path": ""}, name="preview"),
    path("preview/<str:token>/<path:path>", views.preview, name="preview-file"),
]
