from django.urls import path

from ide import own_data, views

urlpatterns = [
    path("", views.index, name="index"),
    path("accounts/export/", own_data.export, name="account_export"),
    path("accounts/delete/", own_data.delete, name="account_delete"),
    path("preview/<slug:token>/", views.preview, {"path": ""}, name="preview"),
    path("preview/<slug:token>/<path:path>", views.preview, name="preview-file"),
]
