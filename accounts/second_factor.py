"""Codes of the second factor, on the site and at the API's login."""

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as allauth
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.utils import is_mfa_enabled
from django import forms
from django.conf import settings
from django.core.cache import caches

from accounts.encryption import SecretLostError
from accounts.models import User
from accounts.throttle import FailureLimit
from cloudrun.errors import NotAuthenticatedError, RateLimitedError


class SecondFactorError(NotAuthenticatedError):
    code = "second_factor_required"
    title = "Send the code of your second factor"


class ActivateForm(ActivateTOTPForm):  # type: ignore[misc]  # allauth ships no types
    """What shows that an authenticator app is set up."""

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _use_up(self.user, code)
        return code


class _CodeMixin:
    """Takes codes of an authenticator app and recovery codes, each once.

    `refusal` is why the code was not even looked at.
    """

    user: User
    authenticator: Authenticator
    cleaned_data: dict[str, str]
    refusal: RateLimitedError | None = None

    def clean_code(self) -> str:
        limit = FailureLimit("second-factor", settings.LOGIN_FAILURES)
        try:
            slot = limit.take(str(self.user.pk))
        except RateLimitedError as error:
            self.refusal = error
            raise forms.ValidationError(error.detail) from error
        code = self.cleaned_data["code"]
        self.authenticator = _authenticator_with(self.user, code)
        _use_up(self.user, code)
        limit.give_back(slot)
        return code


class AuthenticateForm(_CodeMixin, allauth.AuthenticateForm):  # type: ignore[misc]
    """What the login asks for."""


class ReauthenticateForm(_CodeMixin, allauth.ReauthenticateForm):  # type: ignore[misc]
    """What is asked before the account's safety is changed."""


def _authenticator_with(user: User, code: str) -> Authenticator:
    """Whichever of the user's takes the code; `ValidationError` where none does.

    As allauth's own, which would stop at the first that the server cannot read any more.
    """
    codes = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    is_lost = False
    for authenticator in codes:
        try:
            if authenticator.wrap().validate_code(code):
                return authenticator
        except SecretLostError:
            is_lost = True
    if is_lost:
        raise forms.ValidationError(
            "The key of this server has changed: it cannot read all your codes any more. Try a"
            " passkey, or ask whoever runs this server."
        )
    raise get_adapter().validation_error("incorrect_code")


def _use_up(user: User, code: str) -> None:
    """A code holds once for as long as it could be taken, which is longer than allauth remembers
    it, and in every process of the server."""
    lifetime_s = settings.MFA_TOTP_PERIOD * (2 * settings.MFA_TOTP_TOLERANCE + 1)
    key = f"code:{user.pk}:{normalize_user_code(code)}"
    if not caches["counters"].add(key, 1, timeout=lifetime_s):
        raise forms.ValidationError("This code has been used. Wait for the next one.")


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
    form = AuthenticateForm({"code": code}, user=user)
    if form.is_valid():
        form.authenticator.record_usage()
    elif form.refusal:
        raise form.refusal
    else:
        raise SecondFactorError(str(form.errors["code"][0]))
