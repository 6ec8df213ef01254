from django.urls import path

from ide.history import views

_RUN = "w/<str:workspace_id>/runs/<str:run_id>"

urlpatterns = [
    path("w/<str:workspace_id>/runs", views.runs, name="runs"),
    path(_RUN, views.run, name="run"),
    path(f"{_RUN}/recording", views.recording, name="run_recording"),
    path(f"{_RUN}/output", views.output, name="run_output"),
    path(f"{_RUN}/files.zip", views.files, name="run_files"),
    path(f"{_RUN}/compare", views.compare, name="run_compare"),
    path(f"{_RUN}/restore", views.restore, name="run_restore"),
    path(f"{_RUN}/restore/undo", views.restore_undo, name="run_restore_undo"),
    path(f"{_RUN}/restore/new", views.restore_new, name="run_restore_new"),
]
