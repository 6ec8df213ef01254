"""The account pages that allauth has not."""

from typing import cast

from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import ProfileForm
from accounts.models import User


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
def session_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions; this one, too, which logs out."""
    session = get_object_or_404(UserSession, pk=pk, user=cast(User, request.user))
    is_current = session.is_current()
    end_sessions(request, [session])
    if is_current:
        return redirect("index")
    messages.success(request, "The session has ended.")
    return redirect("usersessions_list")
