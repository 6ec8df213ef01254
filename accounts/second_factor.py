"""Codes of the second factor, on the site and at the API's login."""

from allauth.mfa.base import forms as allauth
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.core.cache import caches

from accounts.models import User
from accounts.throttle import FailureLimit
from cloudrun.errors import NotAuthenticatedError


class SecondFactorError(NotAuthenticatedError):
    code = "second_factor_required"
    title = "Send the code of your second factor"


class _OnceMixin:
    """A code holds once for as long as it could be taken, which is longer than allauth remembers
    it, and in every process of the server."""

    user: User

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # a form's
        lifetime_s = settings.MFA_TOTP_PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)
        if not caches["counters"].add(f"code:{self.user.pk}:{code}", 1, timeout=lifetime_s):
            raise forms.ValidationError("This code has been used. Wait for the next one.")
        return code


class AuthenticateForm(_OnceMixin, allauth.AuthenticateForm):  # type: ignore[misc]
    """What the login asks for."""


class ReauthenticateForm(_OnceMixin, allauth.ReauthenticateForm):  # type: ignore[misc]
    """What is asked before the account's safety is changed."""


def check_second_factor(user: User, code: str) -> None:
    """`SecondFactorError` where the user has a second factor and `code` is none of theirs.

    Takes codes of an authenticator app and recovery codes; `RateLimitedError` for those who guess.
    """
    if not is_mfa_enabled(user):
        return
    if not code:
        raise SecondFactorError(
            "This account has a second factor: send a code of it, or a recovery code, as `code`."
        )
    limit = FailureLimit("second-factor", settings.LOGIN_FAILURES)
    slot = limit.take(str(user.pk))
    form = AuthenticateForm({"code": code}, user=user)
    if not form.is_valid():
        raise SecondFactorError(str(form.errors["code"][0]))
    limit.give_back(slot)
    form.authenticator.record_usage()
