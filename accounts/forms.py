"""The forms of the account pages, where allauth's own do not fit."""

from typing import Any

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.internal.userkit import filter_users_by_email
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from accounts.models import User, username_validator
from accounts.passkeys import AddKeyMixin, CredentialField
from accounts.throttle import count_signup, count_signup_form
from cloudrun.errors import ConflictError

_KEY_NAME_MAX_LENGTH = 80

# What a phone must not do to a name while it is typed.
_AS_TYPED = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


class LoginForm(allauth.LoginForm):  # type: ignore[misc]  # allauth ships no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["login"]
        name.label = "Username or e-mail"
        name.max_length = 254
        name.widget.attrs |= _AS_TYPED | {"autocomplete": "username"}
        self.fields["password"].help_text = ""  # the page has the link
        self.fields["remember"].label = "Keep me logged in"


class SignupForm(allauth.SignupForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["username"]
        name.help_text = "3 to 30 letters (A-Z), digits or underscores."
        name.widget.attrs |= _AS_TYPED
        name.validators.append(username_validator)
        self.fields["email"].label = "E-mail"

    def full_clean(self) -> None:
        """`RateLimitedError` for whoever goes through names to see which are taken."""
        if self.is_bound:
            adapter = get_adapter()
            count_signup_form(adapter.get_client_ip(adapter.request))
        super().full_clean()

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponseBase | None]:
        """`RateLimitedError` after too many accounts from one address.

        Where an address must be confirmed, a taken one gets the same answer as a free one, in the
        same time; its owner gets a letter. Else the form has told already, as the API does.
        """
        count_signup(get_adapter().get_client_ip(request))
        if self.account_already_exists and "password1" in self.cleaned_data:
            make_password(self.cleaned_data["password1"])  # takes the time that an account would
        try:
            user, response = super().try_save(request)
        except ConflictError as error:  # taken since the form was checked
            messages.error(request, error.detail)
            return None, redirect("account_signup")
        return user, response


class AddEmailForm(allauth.AddEmailForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail"

    def clean_email(self) -> str:
        """An address has one account, as at the sign-up: that comes before hiding who has it."""
        email: str = super().clean_email()
        if any(user != self.user for user in filter_users_by_email(email)):
            raise get_adapter().validation_error("email_taken")
        return email


class ResetPasswordForm(allauth.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "E-mail"


class AddPasskeyForm(AddKeyMixin, AddWebAuthnForm):  # type: ignore[misc]
    credential = CredentialField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_key(self.fields["name"])
        passwordless = self.fields["passwordless"]
        passwordless.label = "Log in with it alone"
        passwordless.help_text = (
            "A passkey: your device asks for a fingerprint, a face or a PIN, and that is all."
            " Without this it is a second factor, beside the password."
        )
        passwordless.initial = True


class EditPasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_key(self.fields["name"])


def _name_key(name: forms.CharField) -> None:
    name.max_length = _KEY_NAME_MAX_LENGTH
    name.validators.append(MaxLengthValidator(_KEY_NAME_MAX_LENGTH))
    name.widget.attrs |= {"maxlength": str(_KEY_NAME_MAX_LENGTH), "autocomplete": "off"}
    name.help_text = "To tell your keys apart, such as the device that holds it."


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    class Meta:
        model = User
        fields = ("display_name",)
        widgets = {"display_name": forms.TextInput(attrs={"autocomplete": "nickname"})}
        help_texts = {"display_name": "What others see. Your username where you leave it empty."}

    def clean_display_name(self) -> str:
        return str(self.cleaned_data["display_name"]).strip() or self.instance.username
