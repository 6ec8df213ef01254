"""Users as CSV, sent while they are read."""

from collections.abc import AsyncIterator
from typing import Any

from channels.db import database_sync_to_async
from django.db.models import Prefetch, QuerySet
from django.http import StreamingHttpResponse

from accounts.models import Classroom, User
from staff.runs.exports import FORMATS, csv_head, csv_lines, harmless

_CHUNK = 500
_NAMES = (
    "username", "e-mail", "name", "active", "joined", "last login", "classes"
)  # fmt: skip


def users_response(users: QuerySet[User], classes: QuerySet[Classroom]) -> StreamingHttpResponse:
    """The file of these users, in the order of their accounts. Of their classes only `classes` are
    named."""
    return StreamingHttpResponse(
        _lines(users.prefetch_related(Prefetch("classes", classes.distinct()))),
        content_type=FORMATS["csv"],
        headers={
            "Content-Disposition": 'attachment; filename="users.csv"',
            "X-Content-Type-Options": "nosniff",
        },
    )


async def _lines(users: QuerySet[User]) -> AsyncIterator[bytes]:
    """A query for each chunk, from where the one before ended: no cursor stays open meanwhile."""
    yield csv_head(_NAMES)
    last = 0
    while chunk := await _chunk(users.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        yield csv_lines(map(_cells, chunk))
        last = chunk[-1].pk


@database_sync_to_async
def _chunk(users: QuerySet[User]) -> list[User]:
    return list(users)


def _cells(user: User) -> list[Any]:
    return [
        harmless(user.username),
        harmless(user.email),
        harmless(user.display_name),
        "yes" if user.is_active else "no",
        user.date_joined.isoformat(),
        user.last_login.isoformat() if user.last_login else "",
        harmless(", ".join(classroom.name for classroom in user.classes.all())),
    ]
