"""Who uses the site. Names and addresses are stored in lower case, so that none can be taken twice.

The constraints say the same to the database, for whatever writes past `User.save`.
"""

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from accounts.names import validate_visible

USERNAME_MAX_LENGTH = 30
DISPLAY_NAME_MAX_LENGTH = 100

# \Z, not $: the latter lets a trailing newline through.
username_validator = RegexValidator(
    r"\A[A-Za-z0-9_]{3,30}\Z", "Must be 3 to 30 letters (A-Z), digits or underscores."
)


def new_stamp() -> str:
    return secrets.token_urlsafe(12)


def name_words(username: str, display_name: str) -> str:
    """How staff read whom they look at: `Ada Lovelace (ada)`, or `ada` where both are alike."""
    is_other = display_name.strip().lower() not in ("", username)
    return f"{display_name} ({username})" if is_other else username


class UserManager(DjangoUserManager["User"]):
    """Finds a user whatever the letter case; Django's own login, the admin's too, asks here."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return super().get_by_natural_key((username or "").lower())

    async def aget_by_natural_key(self, username: str | None) -> "User":
        return await super().aget_by_natural_key((username or "").lower())


class User(AbstractUser):
    """An account. `email` may be empty only where an operator made it; `date_joined` is its age."""

    class Theme(models.TextChoices):
        SYSTEM = "system"
        LIGHT = "light"
        DARK = "dark"

    username = models.CharField(
        max_length=USERNAME_MAX_LENGTH,
        unique=True,
        validators=[username_validator],
        error_messages={"unique": "This username is taken."},
        help_text="3 to 30 letters, digits or underscores; letter case does not count.",
    )
    email = models.EmailField("e-mail address", blank=True, db_index=True)
    display_name = models.CharField(
        max_length=DISPLAY_NAME_MAX_LENGTH, blank=True, validators=[validate_visible]
    )
    # Empty until they choose; until then each browser's own counts.
    theme = models.CharField(max_length=6, choices=Theme, blank=True, editable=False)
    # Of Django's own 128, a long salt of the original service would leave too little.
    password = models.CharField(max_length=255)
    stamp = models.CharField(
        max_length=16,
        default=new_stamp,
        editable=False,
        help_text="Another one ends all sessions and tokens.",
    )

    objects: ClassVar[UserManager] = UserManager()

    class Meta(AbstractUser.Meta):
        permissions = (
            ("see_everybody", "Can see all users, also those of no class of their own"),
            ("deactivate_user", "Can deactivate and reactivate those whom they see"),
            ("send_reset_link", "Can send a link to set a new password"),
        )
        constraints = (
            models.UniqueConstraint(
                Lower("username"),
                name="user_username_any_case",
                violation_error_message="This username is taken.",
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_any_case",
                condition=~models.Q(email=""),
                violation_error_message="This e-mail address is taken.",
            ),
        )

    def __str__(self) -> str:
        return name_words(self.username, self.display_name)

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.username = self.username.lower()
        self.email = self.email.lower()
        super().save(*args, **kwargs)

    @property
    def token_stamp(self) -> str:
        """What the API's tokens carry: another password or another `stamp` ends them."""
        return self._stamped("accounts.token", settings.JWT_SECRET)[:32]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's mark in each session, with which a change of the password ends them."""
        return self._stamped("accounts.session", secret)

    def _stamped(self, salt: str, secret: str | None) -> str:
        value = f"{self.password} {self.stamp}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()
