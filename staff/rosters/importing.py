"""Doing what a plan says: all of it, or nothing."""

from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.audit import audit, audit_all
from accounts.models import AuditAction, Classroom, Membership, User
from cloudrun.errors import ConflictError
from staff.letters import password_url, rendered, send_in_background
from staff.rosters.plan import Outcome, Planned, invitation_to
from staff.rosters.usernames import free_usernames


@dataclass(frozen=True)
class Imported:
    made: int
    invited: int


def class_list_import(staff: User, plan: list[Planned]) -> Imported:
    """Make the new accounts, with their places in the classes, and ask the others by mail.

    Whoever has an account is never put into a class by somebody else: its teachers would see all
    that they have run. `ConflictError` where an account was made meanwhile; then nothing is done.
    The letters go out once all is written, and nobody waits for them.
    """
    new = [item for item in plan if item.outcome is Outcome.NEW]
    invited = [item for item in plan if item.outcome is Outcome.INVITED]
    try:
        with transaction.atomic():
            users = _users_make(new)
            _note(staff, new, invited, users)
    except IntegrityError as error:
        raise ConflictError("Accounts were made meanwhile. Nothing is imported yet.") from error
    letters = [*_first_letters(staff, new, users), *(_invitation(staff, item) for item in invited)]
    transaction.on_commit(lambda: send_in_background(letters))
    return Imported(made=len(users), invited=len(invited))


def _users_make(new: list[Planned]) -> dict[str, User]:
    """Accounts by their addresses. None has a password before its owner sets one."""
    names = {item.row.email: item.row.name for item in reversed(new)}
    usernames = free_usernames(names)
    users = {
        email: User(username=usernames[email], email=email, display_name=name or usernames[email])
        for email, name in names.items()
    }
    for user in users.values():
        user.set_unusable_password()
    User.objects.bulk_create(users.values())
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=email, primary=True) for email, user in users.items()
    )
    Membership.objects.bulk_create(
        Membership(classroom=_class_of(item), user=users[item.row.email]) for item in new
    )
    return users


def _note(staff: User, new: list[Planned], invited: list[Planned], users: dict[str, User]) -> None:
    action = AuditAction.IMPORTED
    for classroom in {_class_of(item) for item in (*new, *invited)}:
        made = [users[item.row.email] for item in new if item.classroom == classroom]
        asked = [item.user for item in invited if item.classroom == classroom]
        told = f"list of class {classroom.pk}: {len(made)} new, {len(asked)} invited"
        audit(staff, action, what=told)
        audit_all(staff, action, made, what=f"account in class {classroom.pk}")
        audit_all(staff, action, asked, what=invitation_to(classroom))


def _class_of(item: Planned) -> Classroom:
    assert item.classroom is not None  # only refused rows have none
    return item.classroom


def _first_letters(staff: User, new: list[Planned], users: dict[str, User]) -> list[EmailMessage]:
    classes: dict[str, list[Classroom]] = {}
    for item in new:
        classes.setdefault(item.row.email, []).append(_class_of(item))
    return [_first_letter(staff, users[email], some) for email, some in classes.items()]


def _first_letter(staff: User, user: User, classes: list[Classroom]) -> EmailMessage:
    """With the link of a forgotten password: it sets the first one."""
    context = {
        "teacher": staff.display_name or staff.username,
        "classes": ", ".join(classroom.name for classroom in classes),
        "username": user.username,
        "set_password_url": password_url(user),
        "forgot_url": reverse("account_reset_password"),
        "classes_url": reverse("account_classes"),
    }
    return rendered("account/email/class_account", user.email, context)


def _invitation(staff: User, item: Planned) -> EmailMessage:
    classroom = _class_of(item)
    context = {
        "teacher": staff.display_name or staff.username,
        "classroom": classroom.name,
        "join_url": reverse("class_join", args=[classroom.join_code]),
    }
    return rendered("account/email/class_invitation", item.row.email, context)
