"""What staff do to users: from the list to those who are ticked, from somebody's page to them."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from accounts.audit import audit_all, audit_each
from accounts.models import AuditAction, User
from accounts.services import user_deactivate, user_log_out_everywhere
from staff.admin.base import AuditedAdmin, staff_of
from staff.admin.questions import INSTRUCTORS, ON_PAGES, QUESTIONS, Question, lost_classes, named
from staff.confirming import confirmation, counted, is_confirmed
from staff.letters import reset_letter, send_in_background, send_now, sends_mail


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
        _, asked = self._chosen(request, found, action, back=page)
        if asked:
            return asked
        act: Callable[..., Any] = getattr(self, action)
        act(request, found)
        return redirect(page)

    def _chosen(
        self, request: HttpRequest, users: QuerySet[User], action: str, back: str = ""
    ) -> tuple[list[User], HttpResponse | None]:
        """To whom it is to be done, and the page that asks; none where it is answered or there is
        nobody. A message says who is left out, and why."""
        question = QUESTIONS[action]
        chosen: list[User] = []
        left_out: dict[str, list[User]] = defaultdict(list)
        for user in users:
            why = self._hindrance(request, user, question)
            (left_out[why] if why else chosen).append(user)
        told = [] if chosen else ["Nothing was done."]
        if left_out:
            whom = "; ".join(f"{named(group)} ({why})" for why, group in left_out.items())
            told.append(f"Left out: {whom}.")
        if told:
            self.message_user(request, " ".join(told), messages.WARNING)
        if not chosen or is_confirmed(request):
            return chosen, None
        return chosen, confirmation(
            self,
            request,
            chosen,
            title=question.title.format(counted(chosen)),
            consequence=question.consequence,
            button=question.button,
            warning=question.warning(chosen),
            back=back,
        )

    def _hindrance(self, request: HttpRequest, user: User, question: Question) -> str:
        """Nobody does anything to themselves, and only operators to staff."""
        staff = staff_of(request)
        if user == staff:
            return "that is you"
        if not staff.is_superuser and (user.is_staff or user.is_superuser):
            return "only operators do this to staff"
        return question.hindrance(user)

    def acts_on(self, request: HttpRequest, user: User) -> dict[str, Question]:
        """What the asker may do to a user as they are, by its action's name."""
        may = self.get_actions(request)
        return {
            name: question
            for name, question in ON_PAGES.items()
            if name in may and not self._hindrance(request, user, question)
        }

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
        chosen, asked = self._chosen(request, users, "deactivate")
        if asked:
            return asked
        self._note(request, chosen, AuditAction.DEACTIVATED)
        for user in chosen:
            user_deactivate(user)
        return None

    @admin.action(description="Activate again", permissions=["deactivate"])
    def reactivate(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        chosen, asked = self._chosen(request, users, "reactivate")
        if asked:
            return asked
        self._note(request, chosen, AuditAction.REACTIVATED)
        for user in chosen:
            user.is_active = True
            user.save(update_fields=["is_active"])
        return None

    @admin.action(description="Log out everywhere", permissions=["deactivate"])
    def log_out_everywhere(
        self, request: HttpRequest, users: QuerySet[User]
    ) -> HttpResponse | None:
        chosen, asked = self._chosen(request, users, "log_out_everywhere")
        if asked:
            return asked
        self._note(request, chosen, AuditAction.LOGGED_OUT)
        for user in chosen:
            user_log_out_everywhere(user)
        return None

    @admin.action(description="Send a link to set a new password", permissions=["reset"])
    def send_reset_link(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        """By mail to the user's own address: nobody else gets to see it. Of a single letter it is
        known how it went; for many, nobody waits."""
        chosen, asked = self._chosen(request, users, "send_reset_link")
        if asked:
            return asked
        letters = [reset_letter(user) for user in chosen]
        if not sends_mail():
            told = "This server sends no mail: links to set a new password are only in its log"
            what, level = "only in the server's log", messages.WARNING
            self._note(request, chosen, AuditAction.RESET_LINK, what, told, level)
            send_in_background(letters)
        elif len(chosen) > 1:
            told = "Links to set a new password are on their way"
            self._note(request, chosen, AuditAction.RESET_LINK, "on its way", told)
            send_in_background(letters)
        elif letters and send_now(letters[0]):
            self._note(request, chosen, AuditAction.RESET_LINK)
        elif letters:
            why = "the mail server did not take it"
            audit_all(staff_of(request), AuditAction.NO_RESET_LINK, chosen, what=why)
            told = f"No link could be sent to {chosen[0]}: {why}."
            self.message_user(request, told, messages.WARNING)
        return None

    @admin.action(description="Make instructors of them", permissions=["operate"])
    def make_instructor(self, request: HttpRequest, users: QuerySet[User]) -> HttpResponse | None:
        chosen, asked = self._chosen(request, users, "make_instructor")
        if asked:
            return asked
        what, told = "is an instructor now", "Instructors now"
        self._note(request, chosen, AuditAction.CHANGED, what, told)
        group = Group.objects.get(name=INSTRUCTORS)
        for user in chosen:
            user.is_staff = True
            user.save(update_fields=["is_staff"])
            user.groups.add(group)
        return None

    @admin.action(description="Let them be instructors no more", permissions=["operate"])
    def make_no_instructor(
        self, request: HttpRequest, users: QuerySet[User]
    ) -> HttpResponse | None:
        chosen, asked = self._chosen(request, users, "make_no_instructor")
        if asked:
            return asked
        what, told = "is no instructor any more", "No instructors any more"
        self._note(request, chosen, AuditAction.CHANGED, what, told)
        if lost := lost_classes(chosen):
            self.message_user(request, lost, messages.WARNING)
        group = Group.objects.get(name=INSTRUCTORS)
        for user in chosen:
            taught = user.taught_classes.all()
            things = [(user, f"does not teach class {each.pk} any more") for each in taught]
            audit_each(staff_of(request), AuditAction.CHANGED, things)
            user.is_staff = False
            user.save(update_fields=["is_staff"])
            user.groups.remove(group)
            user.taught_classes.clear()
        return None

    def _note(
        self,
        request: HttpRequest,
        users: list[User],
        action: AuditAction,
        what: str = "",
        told: str = "",
        level: int = messages.SUCCESS,
    ) -> None:
        """It is written down and `told`, by default as the action is called."""
        if users:
            audit_all(staff_of(request), action, users, what=what)
            self.message_user(request, f"{told or action.label}: {named(users)}.", level)
