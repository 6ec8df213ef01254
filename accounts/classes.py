"""Joining and leaving classes: both are the student's own doing."""

from django.db import transaction

from accounts.models import Classroom, Membership, User
from cloudrun.errors import InvalidRequestError
from cloudrun.rates import Rate, subject_of

_TRIES = 20
_WINDOW_S = 3600


def class_find(code: str, *, user: User) -> Classroom:
    """The open class with this code, letter case and spaces aside; `InvalidRequestError` where
    there is none, `RateLimitedError` for whoever guesses."""
    Rate("class codes", _TRIES, _WINDOW_S, f"At most {_TRIES} codes an hour.").count(
        subject_of(user.pk, "")
    )
    plain = "".join(code.split()).replace("-", "").upper()
    found = Classroom.objects.filter(join_code=plain[:16].replace("\x00", "")).first()
    if found is None or not found.is_open:
        raise InvalidRequestError("No class can be joined with this code. Ask your instructor.")
    return found


def class_join(classroom: Classroom, *, user: User) -> bool:
    """False where they are in it already."""
    with transaction.atomic():
        _, is_new = Membership.objects.get_or_create(classroom=classroom, user=user)
    return is_new


def class_leave(classroom_id: int, *, user: User) -> bool:
    """False where they are not in it. Teachers see nothing of theirs from then on."""
    deleted, _ = Membership.objects.filter(classroom=classroom_id, user=user).delete()
    return deleted > 0
