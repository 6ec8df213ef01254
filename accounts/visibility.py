"""Whom staff may see. Everything that the admin shows of users goes through here."""

from django.db.models import Q, QuerySet

from accounts.models import Classroom, Membership, User


def is_student(user: str = "") -> Q:
    """The condition for whoever is neither staff nor operator. `user` leads from a row to them."""
    path = f"{user}__" if user else ""
    return Q(**{f"{path}is_staff": False, f"{path}is_superuser": False})


def sees_everybody(staff: User) -> bool:
    """Operators, and whoever was given the right."""
    return staff.has_perm("accounts.see_everybody")


def students_of(staff: User) -> QuerySet[Membership]:
    """The memberships in the classes that somebody teaches, but staff's: instructors do not see
    each other."""
    return Membership.objects.filter(is_student("user"), classroom__teachers=staff)


def visible_users(staff: User) -> QuerySet[User]:
    """Whose things somebody may see, besides their own."""
    if sees_everybody(staff):
        return User.objects.all()
    return User.objects.filter(pk__in=students_of(staff).values("user"))


def of_visible_users(staff: User, field: str = "user") -> Q:
    """The condition for rows that belong to whom somebody may see, or to themselves.

    Guests' rows, which belong to no user, are only for whoever sees everybody.
    """
    if sees_everybody(staff):
        return Q()
    # By their numbers: of a query, PostgreSQL cannot tell how many rows are theirs.
    students = students_of(staff).order_by().values_list("user", flat=True)
    return Q(**{f"{field}__in": {*students, staff.pk}})


def visible_classes(staff: User) -> QuerySet[Classroom]:
    """The classes that somebody teaches; all for whoever sees everybody."""
    if sees_everybody(staff):
        return Classroom.objects.all()
    return Classroom.objects.filter(teachers=staff)
