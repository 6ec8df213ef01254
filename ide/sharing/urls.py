from django.urls import path

from ide.sharing import views

urlpatterns = [
    path("shares", views.shares, name="shares"),
    path("shares/<int:share_id>/withdraw", views.withdraw, name="share_withdraw"),
    path("shares/<int:share_id>/restore", views.restore, name="share_restore"),
    path("w/<str:workspace_id>/runs/<str:run_id>/share", views.create, name="share_create"),
    path("s/<slug:token>", views.shared, name="shared"),
    path("s/<slug:token>/recording", views.recording, name="shared_recording"),
    path("s/<slug:token>/output", views.output, name="shared_output"),
    path("s/<slug:token>/files.zip", views.files, name="shared_files"),
    path("s/<slug:token>/made/<path:name>", views.made, name="shared_made"),
    path("s/<slug:token>/picture.png", views.picture, name="shared_picture"),
    path("s/<slug:token>/embed", views.embed, name="embed"),
    path("s/<slug:token>/fork", views.fork, name="fork"),
    path("preview/shared/<str:token>/", views.preview, {"path": ""}, name="shared_preview"),
    path("preview/shared/<str:token>/<path:path>", views.preview, name="shared_preview_file"),
]
