"""Instructors with classes, and runs, for the tests of staff's pages."""

from importlib import import_module
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import Classroom, User
from accounts.tests.factories import make_user
from sandbox.events import EventLog, pack
from sandbox.models import Run, RunStatus, pack_source


def instructors() -> Group:
    """The group as its migration makes it: transactional tests empty the tables before the next."""
    group, is_new = Group.objects.get_or_create(name="Instructors")
    if is_new:
        for label, model, codenames in import_module("staff.migrations.0001_instructors").RIGHTS:
            of_model = Permission.objects.filter(
                content_type__app_label=label, content_type__model=model
            )
            group.permissions.add(*of_model.filter(codename__in=codenames))
    return group


def make_instructor(name: str, *students: User) -> User:
    """Of a class of their own."""
    instructor = make_user(name, is_staff=True)
    instructor.groups.add(instructors())
    classroom = Classroom.objects.create(name=f"class of {name}")
    classroom.teachers.add(instructor)
    classroom.students.add(*students)
    return instructor


def make_run(
    user: User | None, *, code: str = "print('hello')\n", output: str = "hello\n", **columns: Any
) -> Run:
    log = EventLog()
    limits = {"wall_time_s": 30, "cpu_time_s": None, "memory_bytes": 256 * 1024**2}
    log.append("status", "Running...", state="running", **limits)
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
