"""What staff do to users: from the list to those who are ticked, from somebody's page to them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from accounts.audit import audit_all
from accounts.models import AuditAction, User
from accounts.services import user_deactivate, user_log_out_everywhere
from accounts.visibility import is_student
from staff.admin.base import AuditedAdmin, staff_of
from staff.confirming import confirmation, is_confirmed
from staff.letters import reset_letter, send_in_background, send_now

_INSTRUCTORS = "Instructors"
_MOST_NAMED = 10


@dataclass(frozen=True)
class Question:
    """What is asked before it is done to users; `button` is what the answer is called."""

    button: str
    consequence: str


# The actions that somebody's page has, too.
QUESTIONS = {
    "deactivate": Question(
        "Deactivate",
        "They are logged out everywhere at once, what they run is stopped, and they cannot log in"
        " before somebody activates them again. Nothing of theirs is deleted.",
    ),
    "reactivate": Question("Activate again", "They can log in again, as they could before."),
    "send_reset_link": Question(
        "Send reset link",
        "A letter with a link to set a new password goes to their own address. Their password"
        " stays as it is until they do.",
    ),
    "log_out_everywhere": Question(
        "Log out everywhere", "All their sessions and tokens end. They can log in again at once."
    ),
}


class UserActions(AuditedAdmin):
    actions: Any = (
        "deactivate", "reactivate", "log_out_everywhere", "send_reset_link",
        "make_instructor", "make_no_instructor",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        ask = self.admin_site.admin_view(self.ask_view)
        return [
            path("<int:pk>/do/<str:action>/", ask, name="accounts_user_do"),
            *super().get_urls(),
        ]

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    def ask_view(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        """Asks before something is done to one user; 404 for whom the asker may not do it to."""
        found = self.get_queryset(request).filter(pk=pk)
        user = found.first()
        if user is None or action not in self.acts_on(request, user):
            raise Http404("There is no such user, or this cannot be done to them.")
        page = reverse("admin:accounts_user_change", args=[pk])
        if asked := self._asked(request, [user], action, back=page):
            return asked
        act: Callable[..., Any] = getattr(self, action)
        act(request, found)
        return redirect(page)

    def _asked(
        self, request: HttpRequest, users: list[User], action: str, back: str = ""
    ) -> HttpResponse | None:
        """The question before something is done; none where it is answered or there is nobody."""
        if not users or is_confirmed(request):
            return None
        question = QUESTIONS[action]
        return confirmation(
            self,
            request,
            users,
            title=f"{question.button}?",
            consequence=question.consequence,
            button=question.button,
            back=back,
        )

    def acts_on(self, request: HttpRequest, user: User) -> dict[str, Question]:
        """What the asker may do to a user as they are, by its action's name."""
        if not self._allowed(request, User.objects.filter(pk=user.pk)):
            return {}
        useless = {"reactivate"} if user.is_active else QUESTIONS.keys() - {"reactivate"}
        if not user.email:
            useless = {*useless, "send_reset_link"}
        may = self.get_actions(request)
        return {name: asked for name, asked in QUESTIONS.items() if name in may.keys() - useless}

    def has_deactivate_permission(self, request: HttpRequest) -> bool:
        return staff_of(request).has_perm("accounts.deactivate_user")

    def has_reset_permission(self, request: HttpRequest) -> bool:
        return staff_of(request).has_perm("accounts.send_reset_link")

    def has_operate_permission(self, request: HttpRequest) -> bool:
        return staff_of(request).is_superuser

    @admin.action(
        description="Deactivate, and end all sessions and tokens", permissions=["deactivate"]
    )
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        if asked := self._asked(request, self._allowed(request, users), "deactivate"):
            return asked
        for user in self._others(request, users, AuditAction.DEACTIVATED):
            user_deactivate(user)
        return None

    @admin.action(description="Activate again", permissions=["deactivate"])
    def reactivate(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        inactive = users.filter(is_active=False)
        if asked := self._asked(request, self._allowed(request, inactive), "reactivate"):
            return asked
        active = self._allowed(request, users.filter(is_active=True))
        for user in self._others(request, inactive, AuditAction.REACTIVATED):
            user.is_active = True
            user.save(update_fields=["is_active"])
        if active:
            self.message_user(request, f"Active already: {_names(active)}.", messages.WARNING)
        return None

    @admin.action(description="Log out everywhere", permissions=["deactivate"])
    def log_out_everywhere(
        self, request: HttpRequest, users: QuerySet[User]
    ) -> HttpResponse | None:
        if asked := self._asked(request, self._allowed(request, users), "log_out_everywhere"):
            return asked
        for user in self._others(request, users, AuditAction.LOGGED_OUT):
            user_log_out_everywhere(user)
        return None

    @admin.action(description="Send a link to set a new password", permissions=["reset"])
    def send_reset_link(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        """By mail to the user's own address: nobody else gets to see it. Of a single letter it is
        known how it went; for many, nobody waits."""
        reachable = Q(is_active=True) & ~Q(email="")
        chosen = self._allowed(request, users.filter(reachable))
        if asked := self._asked(request, chosen, "send_reset_link"):
            return asked
        letters = [reset_letter(user) for user in chosen]
        if len(chosen) == 1 and not send_now(letters[0]):
            self._note_unsent(request, chosen, "the mail server did not take it")
        elif len(chosen) <= 1:
            self._note(request, chosen, AuditAction.RESET_LINK)
        else:
            told = "Links to set a new password are on their way"
            self._note(request, chosen, AuditAction.RESET_LINK, "on its way", told)
            send_in_background(letters)
        left_out = self._allowed(request, users.exclude(reachable))
        self._note_unsent(request, left_out, "deactivated, or without an e-mail address")
        return None

    def _note_unsent(self, request: HttpRequest, users: list[User], why: str) -> None:
        if users:
            audit_all(staff_of(request), AuditAction.NO_RESET_LINK, users, what=why)
            told = f"No link could be sent to {_names(users)}: {why}."
            self.message_user(request, told, messages.WARNING)

    @admin.action(description="Make instructors of them", permissions=["operate"])
    def make_instructor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        group = Group.objects.get(name=_INSTRUCTORS)
        what, told = "is an instructor now", "Instructors now"
        for user in self._others(request, users, AuditAction.CHANGED, what, told):
            user.is_staff = True
            user.save(update_fields=["is_staff"])
            user.groups.add(group)

    @admin.action(description="Let them be instructors no more", permissions=["operate"])
    def make_no_instructor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        group = Group.objects.get(name=_INSTRUCTORS)
        what, told = "is no instructor any more", "No instructors any more"
        for user in self._others(request, users, AuditAction.CHANGED, what, told):
            user.is_staff = False
            user.save(update_fields=["is_staff"])
            user.groups.remove(group)
            user.taught_classes.clear()

    def _others(
        self,
        request: HttpRequest,
        users: QuerySet[User],
        action: AuditAction,
        what: str = "",
        told: str = "",
    ) -> list[User]:
        """Those of the ticked to whom the asker may do something; it is written down first, and
        `told` them, by default as the action is called."""
        chosen = self._allowed(request, users)
        self._note(request, chosen, action, what, told)
        return chosen

    def _note(
        self,
        request: HttpRequest,
        users: list[User],
        action: AuditAction,
        what: str = "",
        told: str = "",
    ) -> None:
        audit_all(staff_of(request), action, users, what=what)
        level = messages.SUCCESS if users else messages.WARNING
        self.message_user(request, f"{told or action.label}: {_names(users)}.", level)

    def _allowed(self, request: HttpRequest, users: QuerySet[User]) -> list[User]:
        """Nobody does anything to themselves, and only operators to staff."""
        staff = staff_of(request)
        allowed = Q() if staff.is_superuser else is_student()
        return list(users.filter(allowed).exclude(pk=staff.pk))


def _names(users: list[User]) -> str:
    names = ", ".join(str(user) for user in users[:_MOST_NAMED]) or "nobody"
    more = len(users) - _MOST_NAMED
    return f"{names} and {more:,} more" if more > 0 else names
