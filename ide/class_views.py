"""The pages of one's classes: join by a code, leave, and who has looked at one's work."""

from typing import cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.classes import class_find, class_join, class_leave
from accounts.models import Membership, User
from cloudrun.errors import InvalidRequestError
from ide.looks import looks_at


class JoinForm(forms.Form):
    code = forms.CharField(
        label="Code of the class",
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def classes(request: HttpRequest) -> HttpResponse:
    """One's classes; a code leads on to the page that asks whether to join."""
    user = cast(User, request.user)
    form = JoinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = class_find(form.cleaned_data["code"], user=user)
        except InvalidRequestError as error:
            form.add_error("code", error.detail)
        else:
            return redirect("class_join", found.join_code)
    memberships = Membership.objects.filter(user=user).select_related("classroom")
    context = {"form": form, "memberships": memberships, "looks": looks_at(user)}
    return render(request, "account/classes.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, code: str) -> HttpResponse:
    """Says what teachers will see, and asks."""
    user = cast(User, request.user)
    try:
        classroom = class_find(code, user=user)
    except InvalidRequestError as error:
        messages.error(request, error.detail)
        return redirect("account_classes")
    if request.method == "POST":
        class_join(classroom, user=user)
        messages.success(request, f"You are in {classroom.name} now.")
        return redirect("account_classes")
    teachers = classroom.teachers.all()
    context = {"classroom": classroom, "teachers": teachers}
    return render(request, "account/class_join.html", context)


@never_cache
@login_required
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    if class_leave(pk, user=cast(User, request.user)):
        messages.success(request, "You have left the class.")
    return redirect("account_classes")
