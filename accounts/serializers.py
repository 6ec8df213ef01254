"""The bodies of the account API."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from rest_framework import serializers

from accounts.models import DISPLAY_NAME_MAX_LENGTH, User, username_validator
from accounts.names import validate_not_reserved, validate_visible
from accounts.services import PASSWORD_MAX_LENGTH
from cloudrun.fields import StrictCharField

_EMAIL_MAX_LENGTH = 254


class UserSerializer(serializers.ModelSerializer[User]):
    created_at = serializers.DateTimeField(source="date_joined", read_only=True)

    class Meta:
        model = User
        fields = ("id", "username", "email", "display_name", "created_at")
        read_only_fields = fields


class RegisterSerializer(serializers.Serializer[Any]):
    """`{username, email, password, display_name?}`."""

    username = StrictCharField(
        validators=[username_validator, validate_not_reserved],
        help_text="3 to 30 of A-Z, a-z, 0-9 and underscore.",
    )
    email = StrictCharField(
        validators=[EmailValidator("Must be an e-mail address.")], max_length=_EMAIL_MAX_LENGTH
    )
    password = StrictCharField(max_length=PASSWORD_MAX_LENGTH)
    display_name = StrictCharField(
        max_length=DISPLAY_NAME_MAX_LENGTH,
        required=False,
        allow_blank=True,
        allow_null=True,
        validators=[validate_visible],
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        user = User(username=attrs["username"], email=attrs["email"])
        try:
            validate_password(attrs["password"], user)
        except ValidationError as error:
            raise serializers.ValidationError({"password": error.messages}) from error
        return attrs


class LoginSerializer(serializers.Serializer[Any]):
    """`{username, password, code?}`; the username may be an e-mail address."""

    username = StrictCharField(max_length=_EMAIL_MAX_LENGTH, help_text="Username or e-mail.")
    password = StrictCharField()
    code = StrictCharField(
        required=False,
        max_length=64,
        help_text="Of an authenticator app, or a recovery code; for accounts that have these.",
    )


class PasswordSerializer(serializers.Serializer[Any]):
    """`{current_password, new_password}`; the context holds the user."""

    current_password = StrictCharField()
    new_password = StrictCharField(max_length=PASSWORD_MAX_LENGTH)

    def validate_new_password(self, value: str) -> str:
        try:
            validate_password(value, self.context["user"])
        except ValidationError as error:
            raise serializers.ValidationError(error.messages) from error
        return value


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="A JWT for `Authorization: Bearer`.")
    user = UserSerializer()


class VerifiedSerializer(serializers.Serializer[Any]):
    valid = serializers.BooleanField()
    user = UserSerializer()


class LoggedOutSerializer(serializers.Serializer[Any]):
    message = serializers.CharField()
