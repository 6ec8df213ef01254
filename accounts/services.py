"""Making accounts, logging in, and the tokens that stand for a user."""

from typing import cast

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from rest_framework.exceptions import AuthenticationFailed
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import AccessToken

from accounts.models import User
from accounts.throttle import FailureLimit
from cloudrun.errors import ConflictError, FieldError, ForbiddenError, NotAuthenticatedError

# Hashing more only burns time: nobody types a longer password.
PASSWORD_MAX_LENGTH = 4096

# The first is per account and address, so that a stranger cannot lock the owner out.
_ACCOUNT_LIMIT = FailureLimit("login-account", failures=10)
_ADDRESS_LIMIT = FailureLimit("login-address", failures=50)


def user_register(*, username: str, email: str, password: str, display_name: str = "") -> User:
    """A new account; `ConflictError` names what is taken. The values have been validated.

    `display_name` is the username as typed where there is none.
    """
    _refuse_taken(username=username, email=email)
    user = User(username=username, email=email, display_name=display_name.strip() or username)
    user.set_password(password)  # slow, so not in the transaction: SQLite has one writer at a time
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:  # somebody took it since we looked
        _refuse_taken(username=username, email=email, cause=error)
        raise
    return user


def _refuse_taken(*, username: str, email: str, cause: Exception | None = None) -> None:
    errors = []
    if User.objects.filter(username=username.lower()).exists():
        errors.append(FieldError("username", "This username is taken."))
    if User.objects.filter(email=email.lower()).exists():
        errors.append(FieldError("email", "This e-mail address is taken."))
    if errors:
        detail = " ".join(error.message for error in errors)
        raise ConflictError(detail, errors=errors) from cause


def user_login(*, name: str, password: str, address: str) -> User:
    """The user called `name` (username or e-mail, any letter case) if `password` is theirs.

    `NotAuthenticatedError` does not tell a wrong password from an unknown name, nor does the time
    it takes. `ForbiddenError` where the account is deactivated, to its owner only.
    `RateLimitedError` after too many failures from `address`.
    """
    name = name.lower()
    # By the name as given: one count for a username and its e-mail would tell that they are one.
    account_slot = _ACCOUNT_LIMIT.take(f"{address} {name}")
    address_slot = _ADDRESS_LIMIT.take(address)
    user = _user_by_name(name)
    if not _password_is_right(user, password) or user is None:
        raise NotAuthenticatedError("The username or the password is wrong.")
    _ACCOUNT_LIMIT.give_back(account_slot)
    _ADDRESS_LIMIT.give_back(address_slot)
    if not user.is_active:
        raise ForbiddenError("This account is deactivated.")
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


def token_for_user(user: User) -> str:
    """A JWT for `Authorization: Bearer`, valid as long as the settings say."""
    return str(AccessToken.for_user(user))


def user_for_token(raw: str) -> User:
    """The active user whom a token stands for; `NotAuthenticatedError` for any other string."""
    backend = JWTAuthentication()
    try:
        user = backend.get_user(backend.get_validated_token(raw.encode()))
    except (AuthenticationFailed, TokenError, UnicodeEncodeError) as error:
        raise NotAuthenticatedError("The token is not valid or has expired.") from error
    return cast(User, user)  # the library's type covers its stateless users too
