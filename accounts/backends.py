"""The password check behind every door: the API, the site's login and the admin's."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User
from accounts.services import user_with_password


class PasswordBackend(ModelBackend):
    """Takes a username or an e-mail address, and counts failures.

    `RateLimitedError`, which is answered with 429, after too many.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        name = username or kwargs.get("email")
        if not name or password is None:
            return None
        address = request.META.get("REMOTE_ADDR", "") if request else ""
        user = user_with_password(name=name, password=password, address=address)
        if user is None or not self.user_can_authenticate(user):
            raise PermissionDenied  # no other backend may try the same password again
        return user
