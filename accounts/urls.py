from django.urls import path

from accounts import api

urlpatterns = [
    path("register", api.RegisterView.as_view(), name="auth-register"),
    path("login", api.LoginView.as_view(), name="auth-login"),
    path("me", api.MeView.as_view(), name="auth-me"),
    path("password", api.PasswordView.as_view(), name="auth-password"),
    path(
        "logout-everywhere",
        api.LogoutEverywhereView.as_view(),
        name="auth-logout-everywhere",
    ),
    path("verify", api.VerifyView.as_view(), name="auth-verify"),
]
