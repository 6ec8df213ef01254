from django.urls import include, path

from ide import editor_settings, file_views, live_preview, own_data, views, workspace_views

urlpatterns = [
    path("", include("ide.history.urls")),
    path("", include("ide.sharing.urls")),
    path("", views.index, name="index"),
    path("workspaces", workspace_views.workspaces, name="workspaces"),
    path("workspaces/new", workspace_views.create, name="workspace_create"),
    path("workspaces/import", workspace_views.import_zip, name="workspace_import"),
    path("w/<str:workspace_id>", workspace_views.workspace, name="workspace"),
    path("w/<str:workspace_id>/rename", workspace_views.rename, name="workspace_rename"),
    path("w/<str:workspace_id>/duplicate", workspace_views.duplicate, name="workspace_duplicate"),
    path("w/<str:workspace_id>/delete", workspace_views.delete, name="workspace_delete"),
    path("w/<str:workspace_id>/restore", workspace_views.restore, name="workspace_restore"),
    path("w/<str:workspace_id>/zip", file_views.download_all, name="workspace_zip"),
    path("w/<str:workspace_id>/files", file_views.Files.as_view(), name="files"),
    path("w/<str:workspace_id>/files/<int:file_id>", file_views.OneFile.as_view(), name="file"),
    path("w/<str:workspace_id>/upload", file_views.upload, name="upload"),
    path("w/<str:workspace_id>/move", file_views.move, name="path_move"),
    path("w/<str:workspace_id>/remove", file_views.remove, name="path_delete"),
    path("w/<str:workspace_id>/undo", file_views.undo, name="deletion_undo"),
    path("w/<str:workspace_id>/preview", live_preview.renew, name="live_preview_renew"),
    path("settings/editor", editor_settings.save, name="editor_settings"),
    path("accounts/export/", own_data.export, name="account_export"),
    path("accounts/delete/", own_data.delete, name="account_delete"),
    path("preview/live/<str:token>/", live_preview.live_preview, {"path": ""}, name="live-preview"),
    path("preview/live/<str:token>/<path:path>", live_preview.live_preview),
    path("preview/<slug:token>/", views.preview, {"path": ""}, name="preview"),
    path("preview/<slug:token>/<path:path>", views.preview, name="preview-file"),
]
