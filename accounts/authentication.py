"""Tokens of the API that end before their time: see `User.token_stamp`."""

from typing import Any, cast

from django.utils.crypto import constant_time_compare
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import AuthenticationFailed
from rest_framework_simplejwt.tokens import AccessToken, Token

from accounts.models import User

_STAMP = "stamp"


def token_for_user(user: User) -> str:
    """A JWT for `Authorization: Bearer`, valid as long as the settings say, or until its user
    changes the password, logs out everywhere or is deactivated."""
    token = AccessToken.for_user(user)
    token[_STAMP] = user.token_stamp
    return str(token)


class TokenAuthentication(JWTAuthentication):
    """REST framework's `Authorization: Bearer`."""

    def get_user(self, validated_token: Token) -> Any:
        user = cast(User, super().get_user(validated_token))
        stamp = validated_token.get(_STAMP)
        if not isinstance(stamp, str) or not constant_time_compare(stamp, user.token_stamp):
            raise AuthenticationFailed("The token has ended. Log in again.", code="token_ended")
        return user
