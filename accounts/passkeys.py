"""What a browser says of a key: refused like a wrong code where it is no such thing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as allauth
from django import forms

# What allauth and its library raise while they take a made-up answer apart.
_MADE_UP = (AttributeError, LookupError, RecursionError, TypeError, ValueError)


class CredentialField(forms.JSONField):
    """A key's answer, which holds once: the form that is shown again is without it."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        with _made_up_is_refused():
            return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None

    def prepare_value(self, value: Any) -> str:
        return ""


class AddKeyMixin:
    """For the forms that take a new key."""

    def clean(self) -> dict[str, Any]:
        with _made_up_is_refused():
            cleaned: dict[str, Any] = super().clean()  # type: ignore[misc]  # a form's
            return cleaned


class _UseKeyMixin:
    """For those that take a known one."""

    def clean_credential(self) -> Any:
        with _made_up_is_refused():
            return super().clean_credential()  # type: ignore[misc]


class SignupForm(AddKeyMixin, allauth.SignupWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()


class LoginForm(_UseKeyMixin, allauth.LoginWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()


class AuthenticateForm(_UseKeyMixin, allauth.AuthenticateWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()


class ReauthenticateForm(_UseKeyMixin, allauth.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()


@contextmanager
def _made_up_is_refused() -> Iterator[None]:
    try:
        yield
    except _MADE_UP as error:
        raise get_adapter().validation_error("incorrect_code") from error
