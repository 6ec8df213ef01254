"""`/api/auth/`: making an account, logging in, and asking who a token belongs to."""

from typing import cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import token_for_user
from accounts.models import User
from accounts.schema import example, refusals
from accounts.serializers import (
    LoggedOutSerializer,
    LoginSerializer,
    PasswordSerializer,
    RegisterSerializer,
    TokenSerializer,
    UserSerializer,
    VerifiedSerializer,
)
from accounts.services import (
    user_change_password,
    user_log_out_everywhere,
    user_login,
    user_register,
)
from accounts.throttle import count_signup

_ADA = {
    "id": 7,
    "username": "ada",
    "email": "ada@example.org",
    "display_name": "Ada Lovelace",
    "created_at": "2026-01-05T09:30:00.123456Z",
}
_TOKEN_EXAMPLE = example("A token", {"token": "eyJhbGciOiJIUzI1NiIs...", "user": _ADA})


class RegisterView(APIView):
    # No authentication: an expired token left in a client must not keep its owner from a new one,
    # and a session plays no part here.
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="auth_register",
        summary="Create an account",
        tags=["auth"],
        auth=[],
        request=RegisterSerializer,
        responses={200: TokenSerializer}
        | refusals(
            _400="A field is not valid; `errors` says which",
            _409="The username or the e-mail address is taken, whatever its letter case",
            _413="The body is larger than this server takes",
            _429="Too many accounts from this address; `Retry-After` says how long to wait",
        ),
        examples=[
            OpenApiExample(
                "Ada",
                value={
                    "username": "ada",
                    "email": "ada@example.org",
                    "password": "correct horse battery",
                    "display_name": "Ada Lovelace",
                },
                request_only=True,
            ),
            _TOKEN_EXAMPLE,
        ],
    )
    def post(self, request: Request) -> Response:
        form = RegisterSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        count_signup(_address(request))
        user = user_register(
            username=values["username"],
            email=values["email"],
            password=values["password"],
            display_name=values.get("display_name") or "",
        )
        return _token_response(user)


class LoginView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="auth_login",
        summary="Log in with a username or an e-mail address",
        description="Answers with a token valid for 7 days and sets no cookie.",
        tags=["auth"],
        auth=[],
        request=LoginSerializer,
        responses={200: TokenSerializer}
        | refusals(
            _400="A field is missing or of the wrong type",
            _401=(
                "The name or the password is wrong; `second_factor_required` where only the code"
                " of the second factor is"
            ),
            _403="The account is deactivated",
            _413="The body is larger than this server takes",
            _429="Too many failures; `Retry-After` says how many seconds to wait",
        ),
        examples=[
            OpenApiExample(
                "By e-mail",
                value={"username": "ada@example.org", "password": "correct horse battery"},
                request_only=True,
            ),
            _TOKEN_EXAMPLE,
        ],
    )
    def post(self, request: Request) -> Response:
        form = LoginSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        user = user_login(
            name=form.validated_data["username"],
            password=form.validated_data["password"],
            address=_address(request),
            code=form.validated_data.get("code", ""),
        )
        return _token_response(user)


def _token_response(user: User) -> Response:
    answer = {"token": token_for_user(user), "user": user}
    return Response(TokenSerializer(answer).data, headers={"Cache-Control": "no-store"})


def _address(request: Request) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _user(request: Request) -> User:
    return cast(User, request.user)  # IsAuthenticated has seen to it


class MeView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="auth_me",
        summary="The user who is logged in",
        tags=["auth"],
        responses={200: UserSerializer} | refusals(_401="Nobody is logged in, or the token is bad"),
        examples=[example("Ada", _ADA)],
    )
    def get(self, request: Request) -> Response:
        return Response(UserSerializer(_user(request)).data)


class VerifyView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="auth_verify",
        summary="Check a token",
        description="The token is the one in the `Authorization` header; the body is not read.",
        tags=["auth"],
        request=None,
        responses={200: VerifiedSerializer}
        | refusals(
            _401="The token is not valid",
            _403="A session cookie came without its CSRF token",
        ),
        examples=[example("Valid", {"valid": True, "user": _ADA})],
    )
    def post(self, request: Request) -> Response:
        return Response(VerifiedSerializer({"valid": True, "user": _user(request)}).data)


class PasswordView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="auth_password",
        summary="Change the password",
        description=(
            "Ends all sessions and tokens of the account, the one that is sent included; the"
            " answer has a new one."
        ),
        tags=["auth"],
        request=PasswordSerializer,
        responses={200: TokenSerializer}
        | refusals(
            _400="The current password is wrong, or the new one too weak",
            _401="Nobody is logged in, or the token is bad",
            _403="A session cookie came without its CSRF token",
            _413="The body is larger than this server takes",
            _429="Too many failures; `Retry-After` says how many seconds to wait",
        ),
        examples=[
            OpenApiExample(
                "Another one",
                value={
                    "current_password": "correct horse battery",
                    "new_password": "staple after staple",
                },
                request_only=True,
            ),
            _TOKEN_EXAMPLE,
        ],
    )
    def post(self, request: Request) -> Response:
        user = _user(request)
        form = PasswordSerializer(data=request.data, context={"user": user})
        form.is_valid(raise_exception=True)
        user_change_password(
            user=user,
            current_password=form.validated_data["current_password"],
            new_password=form.validated_data["new_password"],
            address=_address(request),
        )
        return _token_response(user)


class LogoutEverywhereView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="auth_logout_everywhere",
        summary="End all sessions and tokens",
        description=(
            "Those of the site and those of the API, the one that is sent included. Open"
            " connections end within two seconds."
        ),
        tags=["auth"],
        request=None,
        responses={200: LoggedOutSerializer}
        | refusals(
            _401="Nobody is logged in, or the token is bad",
            _403="A session cookie came without its CSRF token",
        ),
        examples=[example("Done", {"message": "Logged out everywhere."})],
    )
    def post(self, request: Request) -> Response:
        user_log_out_everywhere(_user(request))
        return Response(LoggedOutSerializer({"message": "Logged out everywhere."}).data)
