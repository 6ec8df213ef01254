"""What importing a class list would do, row by row, before anything is done."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import (
    DISPLAY_NAME_MAX_LENGTH,
    AuditAction,
    AuditEntry,
    Classroom,
    Membership,
    User,
)
from accounts.names import validate_visible
from accounts.visibility import visible_classes
from staff.rosters.reading import Row

_ASKED_AGAIN_AFTER = timedelta(days=7)


class Outcome(StrEnum):
    NEW = "new account"
    INVITED = "invited"
    ASKED = "invited already"
    MEMBER = "in the class already"
    REFUSED = "refused"


@dataclass(frozen=True)
class Planned:
    """What comes of a row. `user` is for the import alone: no page may show who has an address."""

    row: Row
    outcome: Outcome
    classroom: Classroom | None = None
    why: str = ""
    user: User | None = None


class RefusedError(Exception):
    """Why a row is."""


def invitation_to(classroom: Classroom) -> str:
    """What the audit log calls it. It is what remembers who has been invited, too."""
    return f"invitation to class {classroom.pk}"


def planned(staff: User, rows: list[Row], into: Classroom | None) -> list[Planned]:
    """All rows in their order. `into` is the class of all of them; else each names its own."""
    return Plan(staff, rows, into).made()


class Plan:
    """Reads what it needs at once: the number of queries does not depend on the rows."""

    def __init__(self, staff: User, rows: list[Row], into: Classroom | None) -> None:
        self.staff, self.rows, self.into = staff, rows, into
        self.by_name: dict[str, list[Classroom]] = defaultdict(list)
        for classroom in [into] if into else visible_classes(staff).distinct():
            self.by_name[_key(classroom.name)].append(classroom)
        self.owners = _owners({row.email for row in rows})
        users = {user.pk for user in self.owners.values()}
        classes = [one.pk for some in self.by_name.values() for one in some]
        members = Membership.objects.filter(classroom__in=classes, user__in=users)
        self.members = set(members.values_list("classroom", "user"))
        asked = AuditEntry.objects.filter(
            action=AuditAction.IMPORTED,
            subject__in=users,
            at__gte=timezone.now() - _ASKED_AGAIN_AFTER,
        )
        self.asked = set(asked.values_list("what", "subject"))
        self.seen: dict[tuple[int, str], int] = {}

    def made(self) -> list[Planned]:
        return [self._planned(row) for row in self.rows]

    def _planned(self, row: Row) -> Planned:
        try:
            return self._judged(row)
        except RefusedError as error:
            return Planned(row, Outcome.REFUSED, why=str(error))

    def _judged(self, row: Row) -> Planned:
        _check(row)
        classroom = self._classroom(row)
        first = self.seen.setdefault((classroom.pk, row.email), row.line)
        if first != row.line:
            raise RefusedError(f"The same address is in line {first}.")
        user = self.owners.get(row.email)
        if user is None:
            return Planned(row, Outcome.NEW, classroom)
        return Planned(row, self._outcome(user, classroom), classroom, user=user)

    def _outcome(self, user: User, classroom: Classroom) -> Outcome:
        if user == self.staff:
            raise RefusedError("This is your own address.")
        if (classroom.pk, user.pk) in self.members:
            return Outcome.MEMBER
        if (invitation_to(classroom), user.pk) in self.asked:
            return Outcome.ASKED
        if not classroom.is_open:
            raise RefusedError(
                "Has an account and can only be invited, but the class is not open to join."
            )
        return Outcome.INVITED

    def _classroom(self, row: Row) -> Classroom:
        if self.into:
            return self.into
        if not row.group:
            raise RefusedError("There is no group, and no class is chosen for all.")
        found = self.by_name.get(_key(row.group), [])
        if not found:
            raise RefusedError(f"You have no class “{row.group}”. Make it first.")
        if len(found) > 1:
            raise RefusedError(f"You have {len(found)} classes “{row.group}”. Choose one for all.")
        return found[0]


def _key(name: str) -> str:
    return " ".join(name.casefold().split())


def _owners(addresses: Iterable[str]) -> dict[str, User]:
    """Whose each address is, also where it is not their first one."""
    owners = {
        item.email.lower(): item.user
        for item in EmailAddress.objects.filter(email__in=addresses).select_related("user")
    }
    users = User.objects.filter(email__in=addresses)
    return owners | {user.email: user for user in users}


def _check(row: Row) -> None:
    if not row.email:
        raise RefusedError("There is no e-mail address.")
    try:
        User._meta.get_field("email").run_validators(row.email)
    except ValidationError as error:
        raise RefusedError("This is no e-mail address.") from error
    if len(row.name) > DISPLAY_NAME_MAX_LENGTH:
        raise RefusedError(f"The name is longer than {DISPLAY_NAME_MAX_LENGTH} characters.")
    try:
        validate_visible(row.name)
    except ValidationError as error:
        raise RefusedError("The name has characters that cannot be seen.") from error
