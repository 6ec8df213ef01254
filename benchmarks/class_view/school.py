"""A class of students who are logged in, and their teacher."""

import json
from dataclasses import dataclass
from pathlib import Path

from e2e.database import run_code

_FILL = """
import json
from pathlib import Path
from django.conf import settings
from django.contrib.auth.models import Group
from django.test import Client
from accounts.models import Classroom, User

def cookie(user):
    client = Client()
    client.force_login(user)
    return f"sessionid={{client.cookies['sessionid'].value}}"

teacher = User.objects.create_user("teacher", "teacher@example.org", is_staff=True)
teacher.groups.add(Group.objects.get(name="Instructors"))
students = [
    User.objects.create_user(f"student{{n}}", f"student{{n}}@example.org") for n in range({count})
]
classroom = Classroom.objects.create(name="class")
classroom.teachers.add(teacher)
classroom.students.add(*students)
made = {{"classroom_id": classroom.pk, "teacher": cookie(teacher)}}
made["students"] = [cookie(student) for student in students]
(Path(settings.DATA_DIR) / "school.json").write_text(json.dumps(made))
"""


@dataclass(frozen=True)
class School:
    """`teacher` and `students` are their cookies."""

    classroom_id: int
    teacher: str
    students: list[str]


def school_of(folder: Path, count: int) -> School:
    """Made in the database of the server whose data are in `folder`."""
    run_code(folder, _FILL.format(count=count))
    return School(**json.loads((folder / "school.json").read_text()))
