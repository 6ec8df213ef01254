"""The account pages below `/accounts/`: our own, then allauth's."""

from django.urls import include, path

from accounts import views

urlpatterns = [
    path("profile/", views.profile, name="account_profile"),
    path("sessions/<int:pk>/end/", views.session_end, name="account_session_end"),
    path("", include("allauth.urls")),
]
