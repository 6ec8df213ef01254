from django.urls import path

from accounts import api

urlpatterns = [
    path("register", api.RegisterView.as_view(), name="auth-register"),
    path("login", api.LoginView.as_view(), name="auth-login"),
    path("me", api.MeView.as_view(), name="auth-me"),
    path("verify", api.VerifyView.as_view(), name="auth-verify"),
]
