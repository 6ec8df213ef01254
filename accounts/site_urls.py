"""The account pages below `/accounts/`: our own, then allauth's."""

from collections.abc import Iterable, Iterator

from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import never_cache

from accounts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("profile/", views.profile, name="account_profile"),
    path("theme/", views.theme, name="account_theme"),
    path("email/", views.EmailView.as_view(), name="account_email"),
    path("sessions/<int:pk>/end/", views.session_end, name="account_session_end"),
    path("2fa/authenticate/", views.AuthenticateView.as_view(), name="mfa_authenticate"),
    path("2fa/reauthenticate/", views.ReauthenticateView.as_view(), name="mfa_reauthenticate"),
    path(
        "2fa/recovery-codes/generate/",
        views.NewRecoveryCodesView.as_view(),
        name="mfa_generate_recovery_codes",
    ),
    path("", include("allauth.urls")),
]


def _leaves(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _leaves(pattern.url_patterns)
        else:
            yield pattern


# allauth leaves most of its pages to the browser's cache, which shows them after the logout.
for _pattern in _leaves(urlpatterns):
    _pattern.callback = never_cache(_pattern.callback)
