"""Two classes of two instructors, with a student each who has run something."""

from typing import Any

from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import Classroom, User
from accounts.tests.factories import make_user
from sandbox.events import EventLog, pack
from sandbox.models import Run, RunStatus, pack_source


def make_instructor(name: str, *students: User) -> User:
    """Of a class of their own."""
    instructor = make_user(name, is_staff=True)
    instructor.groups.add(Group.objects.get(name="Instructors"))
    classroom = Classroom.objects.create(name=f"class of {name}")
    classroom.teachers.add(instructor)
    classroom.students.add(*students)
    return instructor


def make_run(
    user: User | None, *, code: str = "print('hello')\n", output: str = "hello\n", **columns: Any
) -> Run:
    log = EventLog()
    log.append("status", "Running...", state="running", wall_time_s=30, cpu_time_s=None)
    log.append("stdout", output)
    log.append("complete", "Ended", status="completed", explanation="")
    source = {"code": code, "stdin": "", "files": [], "tty": False, "cols": 80, "rows": 24}
    row = {
        "language": "python", "status": RunStatus.COMPLETED, "reason": "exit", "exit_code": 0,
        "duration_ms": 41, "instance": "test", "search_text": f"{code}\n{output}",
    }  # fmt: skip
    packed = {"source": pack_source(source), "log": pack(log)}
    return Run.objects.create(user=user, **{**row, **packed, **columns})


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
