"""What is asked before something is done to users, and to whom it cannot be done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Model

from accounts.models import Classroom, User
from staff.letters import NO_MAIL, sends_mail

INSTRUCTORS = "Instructors"
_MOST_CLASSES = 100


@dataclass(frozen=True)
class Question:
    """`title` has a place for how many they are; `button` is what the answer is called.
    `hindrance` is why it cannot be done to somebody as they are, `warning` what there is to know
    besides; both are empty where there is nothing."""

    title: str
    button: str
    consequence: str
    hindrance: Callable[[User], str]
    warning: Callable[[list[User]], str] = lambda users: ""


def named(rows: Sequence[Model], most: int = 10) -> str:
    names = ", ".join(str(row) for row in rows[:most])
    more = len(rows) - most
    return f"{names} and {more:,} more" if more > 0 else names


def lost_classes(users: list[User]) -> str:
    classes = [*Classroom.objects.filter(teachers__in=users).distinct().order_by("name")]
    return f"They teach these classes no more: {named(classes, _MOST_CLASSES)}." if classes else ""


def _unless_active(why: str) -> Callable[[User], str]:
    return lambda user: "" if user.is_active else why


def _unreachable(user: User) -> str:
    if not user.is_active:
        return "deactivated"
    return "" if user.email else "without an e-mail address"


def _is_instructor(user: User) -> bool:
    return user.is_staff and user.groups.filter(name=INSTRUCTORS).exists()


# The actions that somebody's page has, too.
ON_PAGES = {
    "deactivate": Question(
        "Deactivate {}?",
        "Deactivate",
        "They are logged out everywhere at once, what they run is stopped, and they cannot log in"
        " before somebody activates them again. Nothing of theirs is deleted.",
        _unless_active("deactivated already"),
    ),
    "reactivate": Question(
        "Activate {} again?",
        "Activate again",
        "They can log in again, as they could before.",
        lambda user: "active already" if user.is_active else "",
    ),
    "send_reset_link": Question(
        "Send a reset link to {}?",
        "Send reset link",
        "A letter with a link to set a new password goes to their own address. Their password"
        " stays as it is until they do.",
        _unreachable,
        lambda users: "" if sends_mail() else NO_MAIL,
    ),
    "log_out_everywhere": Question(
        "Log {} out everywhere?",
        "Log out everywhere",
        "All their sessions and tokens end. They can log in again at once.",
        _unless_active("deactivated, and so logged out"),
    ),
}
QUESTIONS = {
    **ON_PAGES,
    "make_instructor": Question(
        "Give the rights of instructors to {}?",
        "Make instructors",
        "They can make classes, and see what the students of these do. Whoever teaches a class"
        " that they are in themselves does not see them any more.",
        lambda user: "instructors already" if _is_instructor(user) else "",
    ),
    "make_no_instructor": Question(
        "Take the rights of instructors from {}?",
        "Instructors no more",
        "They can see nothing of others any more, and nothing of these pages.",
        lambda user: "" if user.is_staff else "no instructors",
        lost_classes,
    ),
}
