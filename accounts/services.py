"""Making accounts, logging in and out, and who a token stands for."""

from typing import Any, cast

from allauth.account.internal.userkit import filter_users_by_email
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import update_last_login
from django.contrib.auth.signals import user_logged_in
from django.db import IntegrityError, transaction
from django.dispatch import receiver
from django.http import HttpRequest
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.exceptions import TokenError

from accounts.authentication import TokenAuthentication
from accounts.models import User, new_stamp
from accounts.original import OriginalUser
from accounts.second_factor import check_second_factor
from accounts.throttle import LoginAttempt
from cloudrun.errors import (
    ConflictError,
    FieldError,
    ForbiddenError,
    InvalidRequestError,
    NotAuthenticatedError,
)
from cloudrun.metrics import note_login_failure

# Hashing more only burns time: nobody types a longer password.
PASSWORD_MAX_LENGTH = 4096


def user_register(*, username: str, email: str, password: str, display_name: str = "") -> User:
    """A new account; `ConflictError` names what is taken. The values have been validated.

    `display_name` is the username as typed where there is none.
    """
    _refuse_taken(username=username, email=email)
    user = User(username=username, email=email, display_name=display_name.strip() or username)
    user.set_password(password)  # slow, so not in the transaction: SQLite has one writer at a time
    with transaction.atomic():
        user_add(user)
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
    return user


def user_add(user: User) -> None:
    """Save a new user; `ConflictError` where somebody took a name since it was looked up."""
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        _refuse_taken(username=user.username, email=user.email, cause=error)
        raise


@receiver(user_logged_in)
def guest_becomes_user(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """The theme that the guest has chosen is the account's, where that has none."""
    chosen = request.COOKIES.get("theme")
    if not user.theme and chosen in User.Theme.values:
        user.theme = chosen
        user.save(update_fields=["theme"])


def user_import(original: OriginalUser) -> bool:
    """Take over a user of the original service; False where that was done before.

    `ConflictError` where somebody else has the username or the e-mail address here.
    """
    kept: dict[str, Any] = {"username": original.username.lower(), "email": original.email.lower()}
    if original.created_at:
        kept["date_joined"] = original.created_at
    if User.objects.filter(**kept).exists():
        return False
    user = User(
        **kept,
        password=original.password,
        display_name=original.display_name,
        last_login=original.last_login,
        is_active=original.is_active,
    )
    _refuse_clash(user)
    with transaction.atomic():
        user_add(user)
        EmailAddress.objects.create(user=user, email=user.email, primary=True)
    return True


def _refuse_clash(user: User) -> None:
    try:
        _refuse_taken(username=user.username, email=user.email)
    except ConflictError as error:
        what = " and the ".join(item.field for item in error.errors)
        raise ConflictError(
            f"somebody else has the {what} here; change it in a copy of the old database and"
            " import that, or rename the account here",
            errors=error.errors,
        ) from error


def _refuse_taken(*, username: str, email: str, cause: Exception | None = None) -> None:
    errors = []
    if User.objects.filter(username=username.lower()).exists():
        errors.append(FieldError("username", "This username is taken."))
    if filter_users_by_email(email):
        errors.append(FieldError("email", "This e-mail address is taken."))
    if errors:
        detail = " ".join(error.message for error in errors)
        raise ConflictError(detail, errors=errors) from cause


def user_login(*, name: str, password: str, address: str, code: str = "") -> User:
    """The user called `name` (username or e-mail, any letter case) if `password` is theirs, and
    `code` where they have a second factor (else `SecondFactorError`).

    `NotAuthenticatedError` does not tell a wrong password from an unknown name, nor does the time
    it takes. `ForbiddenError` where the account is deactivated, to its owner only.
    `RateLimitedError` after too many failures from `address`.
    """
    user = user_with_password(name=name, password=password, address=address)
    if user is None:
        raise NotAuthenticatedError("The username or the password is wrong.")
    if not user.is_active:
        raise ForbiddenError("This account is deactivated.")
    check_second_factor(user, code)
    update_last_login(User, user)
    return user


def user_with_password(*, name: str, password: str, address: str) -> User | None:
    """The user as `user_login`, deactivated or not; None where the password is not theirs.

    `RateLimitedError` after too many failures from `address`.
    """
    name = name.lower()
    user = _user_by_name(name)
    attempt = LoginAttempt.count(name, user, address)
    if not _password_is_right(user, password):
        note_login_failure()
        return None
    attempt.succeeded()
    return user


def _user_by_name(name: str) -> User | None:
    field = "email" if "@" in name else "username"  # no username holds an @
    return User.objects.filter(**{field: name}).first()


def _password_is_right(user: User | None, password: str) -> bool:
    if len(password) > PASSWORD_MAX_LENGTH:
        return False
    if user is None:
        make_password(password)  # takes the time that a check would
        return False
    return user.check_password(password)


def user_change_password(
    *, user: User, current_password: str, new_password: str, address: str
) -> None:
    """Set a new password, which ends all sessions and tokens. The new one has been validated.

    `InvalidRequestError` where the current one is wrong, `RateLimitedError` after too many guesses.
    """
    found = user_with_password(name=user.username, password=current_password, address=address)
    if found != user:
        detail = "This is not the current password."
        raise InvalidRequestError(detail, errors=[FieldError("current_password", detail)])
    user.set_password(new_password)
    user.save(update_fields=["password"])
    _forget_sessions(user)


def user_log_out_everywhere(user: User) -> None:
    """End all sessions and tokens of the user, and within seconds their open connections."""
    user.stamp = new_stamp()
    user.save(update_fields=["stamp"])
    _forget_sessions(user)


def user_deactivate(user: User) -> None:
    """Lock the account, which ends its runs within seconds, too; what was open stays ended when it
    is activated again."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    user_log_out_everywhere(user)


def _forget_sessions(user: User) -> None:
    """They have ended with the user's stamp or password; this takes them off the list."""
    for session in UserSession.objects.filter(user=user):
        session.end()


def user_for_token(raw: str) -> User:
    """The active user whom a token stands for; `NotAuthenticatedError` for any other string."""
    backend = TokenAuthentication()
    try:
        user = backend.get_user(backend.get_validated_token(raw.encode()))
    except (AuthenticationFailed, TokenError, UnicodeEncodeError) as error:
        raise NotAuthenticatedError("The token is not valid or has expired.") from error
    return cast(User, user)  # the library's type covers its stateless users too
