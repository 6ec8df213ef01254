"""Where allauth asks us: making accounts and checking passwords are our own services."""

import logging
import posixpath
import smtplib
from types import SimpleNamespace
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.encryption import decrypt, encrypt
from accounts.models import User
from accounts.names import validate_not_reserved
from accounts.services import PASSWORD_MAX_LENGTH, user_add, user_with_password

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_taken": "This username is taken.",
        "email_taken": "This e-mail address is taken.",
        "username_password_mismatch": "The username or the password is wrong.",
        "email_password_mismatch": "The username or the password is wrong.",
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """As the API does; allauth then tells deactivated owners so."""
        return user_with_password(
            name=credentials.get("email") or credentials["username"],
            password=credentials["password"],
            address=self.get_client_ip(request),
        )

    def clean_username(self, username: str, shallow: bool = False) -> str:
        validate_not_reserved(username)
        return str(super().clean_username(username, shallow))

    def clean_password(self, password: str, user: User | None = None) -> str:
        if len(password) > PASSWORD_MAX_LENGTH:
            raise ValidationError(f"Must be at most {PASSWORD_MAX_LENGTH} characters.")
        return str(super().clean_password(password, user))

    def save_user(
        self, request: HttpRequest, user: User, form: forms.Form, commit: bool = True
    ) -> User:
        """`ConflictError` where somebody took a name since the form was checked."""
        super().save_user(request, user, form, commit=False)
        data = form.cleaned_data
        user.display_name = data.get("display_name", "").strip() or data.get("username", "")
        if commit:
            user_add(user)
        return user

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Everybody keeps one: without it a forgotten password is lost for good."""
        return not email_address.primary

    def is_safe_url(self, url: str) -> bool:
        """A path of this site, but none whose page is somebody's program: it could ask for the
        password again, in the look of the login."""
        path = posixpath.normpath(unquote(url).replace("\\", "/"))
        is_local = url.startswith("/") and url_has_allowed_host_and_scheme(url, None)
        return is_local and not path.startswith("/preview")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_profile")

    def render_mail(
        self, template_prefix: str, email: str, context: dict[str, Any], headers: Any = None
    ) -> EmailMessage:
        """Who asks need not be who reads, so no link has the host that the request was sent to."""
        site = urlsplit(settings.SITE_URL)
        links = {name: _at(site, value) for name, value in context.items() if name.endswith("_url")}
        named = {"current_site": SimpleNamespace(name=site.netloc, domain=site.netloc)}
        all_of_it = context | links | named
        letter: EmailMessage = super().render_mail(template_prefix, email, all_of_it, headers)
        return letter

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """What somebody asked for stays done where the mail server does not answer."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException):
            logger.exception("a mail could not be sent: %s", template_prefix)


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def encrypt(self, text: str) -> str:
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text)


def _at(site: SplitResult, url: str) -> str:
    return urlsplit(url)._replace(scheme=site.scheme, netloc=site.netloc).geturl()
