"""The account pages that allauth has not, or has otherwise."""

from typing import Any, cast

from allauth.account import views as allauth
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from django.views.generic.edit import FormView

from accounts.encryption import SecretLostError
from accounts.forms import ProfileForm
from accounts.models import User
from cloudrun import problems
from cloudrun.errors import InvalidRequestError


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    # Another copy of the user: what does not pass the form must not show in the page's bar.
    user = User.objects.get(pk=cast(User, request.user).pk)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your profile is saved.")
        return redirect("account_profile")
    return render(request, "account/profile.html", {"form": form})


@login_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep `theme` with the account, so that other browsers of its user have it, too."""
    chosen = request.POST.get("theme")
    if chosen not in User.Theme.values:
        raise InvalidRequestError(f"theme must be one of: {', '.join(User.Theme.values)}.")
    User.objects.filter(pk=cast(User, request.user).pk).update(theme=chosen)
    return HttpResponse(status=204)


@login_required
@require_POST
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; this one, too, which logs out."""
    session = get_object_or_404(UserSession, pk=pk, user=cast(User, request.user))
    is_current = session.is_current()
    end_sessions(request, [session])
    if is_current:
        return redirect("index")
    messages.success(request, "The session has ended.")
    return redirect("usersessions_list")


class EmailView(allauth.EmailView):  # type: ignore[misc]  # allauth ships no types
    """One's addresses. A letter that is not sent, since one went out just now, is told of."""

    def _action_send(self, request: HttpRequest) -> HttpResponse | None:
        response: HttpResponse | None = super()._action_send(request)
        address = self._get_email_address(request)
        if address and not address.verified and not self._did_send_verification_email:
            told = (
                f"No other letter was sent: one went to {address.email} just now. Look for it,"
                " among the spam too. You can ask for another three minutes after it."  # allauth's
            )
            messages.warning(request, told)
        return response


class _CodePageMixin:
    """Whoever guesses gets the page again, as a refusal."""

    def form_invalid(self, form: Any) -> HttpResponse:
        page: HttpResponse = super().form_invalid(form)  # type: ignore[misc]  # a view's
        refusal = getattr(form, "refusal", None)  # keys have none: they cannot be guessed
        return problems.as_refusal(page, refusal) if refusal else page


class AuthenticateView(_CodePageMixin, mfa.AuthenticateView):  # type: ignore[misc]
    """Asks for the second factor at the login."""


class ReauthenticateView(_CodePageMixin, mfa.ReauthenticateView):  # type: ignore[misc]
    """Asks for it before the account's safety is changed."""

    template_name = "account/reauthenticate.html"


class NewRecoveryCodesView(recovery_codes.GenerateRecoveryCodesView):  # type: ignore[misc]
    """Makes new recovery codes, also where the old ones cannot be read any more."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        try:
            context: dict[str, Any] = super().get_context_data(**kwargs)
        except SecretLostError:
            context = FormView.get_context_data(self, **kwargs) | {"unused_code_count": 0}
        return context
