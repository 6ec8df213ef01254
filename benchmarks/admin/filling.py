"""A school's database after ninety days. To be run in the server's environment, before the server.

Rows of which there are many are made by the database itself, always the same ones; runs stand in
it in the order of their time, as they do where they come one by one.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.authentication import token_for_user
from accounts.models import Classroom, Membership, User
from benchmarks.admin.programs import Program, programs
from benchmarks.admin.results import Cast
from sandbox.history import RunFilter, run_page
from sandbox.requests import Owner

_DAYS = 90
_STUDENTS = 2000
_CLASSES = 40
_NEWCOMERS = 50  # the last class, which has not run anything yet
_AT_ONCE = 60  # students who run something within the same hour
_PROGRAMS = 3000
_SHARE = 10  # of calls and of entries in the audit log there is one for so many runs
_FAR_BACK = 100  # runs of the busiest student
_WORKSPACES = 10  # of each student

_RUNS = """
    INSERT INTO sandbox_run (
        id, user_id, session_key, language, workspace, status, instance, runner, source, log,
        exit_code, reason, truncated, duration_ms, cpu_ms, memory_bytes, first_output_ms, error,
        search_text, created_at, started_at, ended_at
    )
    SELECT
        md5('run' || i), user_id, CASE WHEN user_id IS NULL THEN 'guest' || hour ELSE '' END,
        program.language,
        CASE WHEN c < 0.7 AND user_id IS NOT NULL
            THEN left(md5(user_id || 'workspace' || floor(%(workspaces)s * d * d)), 16) ELSE ''
        END,
        program.status, 'benchmark', 'bubblewrap', program.source, program.log, program.exit_code,
        program.reason, false, duration, duration * 0.8, 9000000 + 1000000 * d,
        CASE WHEN d < 0.97 THEN 20 + duration * c END, program.error,
        program.search_text || ' number' || i, at, at, at + duration * interval '1 ms'
    FROM (
        SELECT
            i, hour, c, d, 1 + floor(%(programs)s * b) AS number,
            exp(3 + 5 * c * d)::int AS duration,
            %(begin)s::timestamptz + i / %(runs)s::float * %(time)s::interval AS at,
            CASE WHEN a < 0.92 THEN %(first)s + floor(%(students)s * pow(
                (hour * 7919 + floor(%(at_once)s * e) * 104729)::int %% 10007 / 10007.0, 1.5
            ))::int END AS user_id
        FROM (
            SELECT
                i, i::bigint * 24 * %(days)s / %(runs)s AS hour, random() AS a, random() AS b,
                random() AS c, random() AS d, random() AS e
            FROM generate_series(1, %(runs)s) AS i
        ) AS chances
    ) AS facts JOIN program USING (number)
    ORDER BY i
"""
_CALLS = """
    INSERT INTO assistant_call (
        user_id, subject, action, step, about, language, prompt_version, provider, model, outcome,
        verdict, first_text_ms, latency_ms, prompt_tokens, answer_tokens, failures, asked, answered,
        created_at
    )
    SELECT
        user_id, 'user:' || user_id,
        (ARRAY['fix_error', 'explain_error', 'explain_code', 'optimize_code'])[1 + i %% 4],
        (ARRAY['nudge', 'explain', 'show'])[1 + i %% 3], md5('about' || i), language, 3,
        (ARRAY['groq', 'gemini'])[1 + i %% 2], (ARRAY['llama-3', 'flash'])[1 + i %% 2],
        CASE WHEN i %% 25 = 0 THEN 'failed' WHEN i %% 30 = 0 THEN 'left' ELSE 'answered' END,
        (ARRAY['', 'verified', 'failed', 'unclear'])[1 + i %% 4], 200 + i %% 700, 900 + i %% 5000,
        300 + i %% 900, 100 + i %% 500, '', '', '', created_at
    FROM (
        SELECT row_number() OVER (ORDER BY created_at) AS i, * FROM sandbox_run
        WHERE user_id IS NOT NULL AND id > %(rest)s
    ) AS runs
"""
_AUDIT = """
    INSERT INTO accounts_auditentry (actor_id, actor_name, action, subject_id, what, at)
    SELECT
        actor.id, actor.username,
        (ARRAY['viewed', 'viewed', 'viewed', 'listed', 'exported', 'watched'])[1 + number %% 6],
        CASE WHEN number %% 6 <> 3 THEN user_id END,
        CASE WHEN number %% 6 <> 3 THEN 'run ' || run.id ELSE 'runs status=error' END, created_at
    FROM (
        SELECT row_number() OVER (ORDER BY created_at) AS number, * FROM sandbox_run
        WHERE id <= %(share)s
    ) AS run
    JOIN (
        SELECT id, username, row_number() OVER () - 1 AS place FROM accounts_user WHERE is_staff
    ) AS actor ON place = number %% %(classes)s
    ORDER BY created_at
"""
_SPACES = """
    INSERT INTO ide_workspace (
        id, user_id, guest, name, language, entry, created_at, changed_at, seen_at, teaching
    )
    SELECT
        left(md5(id || 'workspace' || number), 16), id, '', 'Exercise ' || number,
        (ARRAY['python', 'python', 'java', 'cpp', 'nodejs'])[1 + (id + number) %% 5], 'main.py',
        date_joined, date_joined + (id %% 90) * interval '1 day', now(), number = 3
    FROM accounts_user, generate_series(0, %(workspaces)s - 1) AS number WHERE NOT is_staff
"""
_SESSIONS = """
    INSERT INTO usersessions_usersession
        (user_id, created_at, ip, last_seen_at, session_key, user_agent, data)
    SELECT id, now(), '127.0.0.1', now(), md5(id || 'session' || number), 'Firefox', '{}'
    FROM accounts_user, generate_series(1, 5) AS number WHERE NOT is_staff
"""


def fill(runs: int, into: str) -> None:
    """Make all tables and rows, and write who can look at them as `Cast` has it."""
    call_command("migrate", verbosity=0)
    begin = datetime.now(UTC) - timedelta(days=_DAYS)
    operator, instructor, newcomer, students = _people(begin)
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'; SELECT setseed(0.5)")
        _store_programs()
        values: dict[str, Any] = {
            "runs": runs,
            "days": _DAYS,
            "begin": begin,
            "time": timedelta(days=_DAYS),
            "programs": _PROGRAMS,
            "first": students[0].pk,
            "students": _STUDENTS - _NEWCOMERS,
            "at_once": _AT_ONCE,
            "workspaces": _WORKSPACES,
            "classes": _CLASSES,
            # Of ids, which are evenly spread.
            "share": f"{2**32 // _SHARE:08x}",
            "rest": f"{2**32 - 2**32 // _SHARE:08x}",
        }
        with _without_indexes("sandbox_run"):
            cursor.execute(_RUNS, values)
        cursor.execute("ANALYZE sandbox_run")
        for statement in (_SPACES, _CALLS, _AUDIT):
            cursor.execute(statement, values)
        cursor.execute(_SESSIONS)
        call_command("tally_runs", verbosity=0)
        cursor.execute("VACUUM (ANALYZE)")
        cast = Cast(
            operator=_cookie(operator),
            instructor=_cookie(instructor),
            newcomer=_cookie(newcomer),
            student=_cookie(students[0]),
            token=token_for_user(students[0]),
            student_id=students[0].pk,
            run_id=_first(cursor, "SELECT max(id) FROM sandbox_run WHERE user_id = %s", students),
            workspace_id=_first(
                cursor,
                "SELECT workspace FROM sandbox_run WHERE user_id = %s AND workspace <> ''"
                " GROUP BY workspace ORDER BY count(*) DESC LIMIT 1",
                students,
            ),
            cursor=_cursor(students[0]),
        )
    Path(into).write_text(json.dumps(vars(cast)))


def _people(begin: datetime) -> tuple[User, User, User, list[User]]:
    """An operator, an instructor of two classes, one of a class that is new, and the students, of
    whom the first ones run most."""
    operator = User.objects.create_superuser("operator", "operator@example.org", "-")
    names = [f"teacher_{number}" for number in range(_CLASSES - 1)]
    teachers = User.objects.bulk_create(
        User(username=name, email=f"{name}@example.org", is_staff=True) for name in names
    )
    group = Group.objects.get(name="Instructors")
    group.user_set.add(*teachers)
    students = User.objects.bulk_create(
        User(
            username=f"student_{number:04}",
            email=f"student_{number:04}@example.org",
            display_name=f"Student {number}",
            date_joined=begin,
        )
        for number in range(_STUDENTS)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True) for user in students
    )
    classes = [Classroom.objects.create(name=f"Class {number}") for number in range(_CLASSES)]
    for number, classroom in enumerate(classes):
        # The second one has the classes 1 and 2, all others one.
        classroom.teachers.add(teachers[max(0, number - 1)])
    size = _STUDENTS // _CLASSES
    Membership.objects.bulk_create(
        Membership(user=user, classroom=classes[number // size])
        for number, user in enumerate(students)
    )
    return operator, teachers[0], teachers[-1], students


def _store_programs() -> None:
    """As the table `program`, numbered from 1."""
    names = [field.name for field in fields(Program)]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE program (number serial PRIMARY KEY, language text, status text,"
            " reason text, exit_code int, error text, source bytea, log bytea, search_text text)"
        )
        marks = ", ".join(["%s"] * len(names))
        cursor.executemany(
            f"INSERT INTO program ({', '.join(names)}) VALUES ({marks})",
            [astuple(program) for program in programs(_PROGRAMS)],
        )
        cursor.execute("ANALYZE program")


@contextmanager
def _without_indexes(table: str) -> Iterator[None]:
    """Without those that are no constraints: they are made much faster afterwards."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass)",
            [table, table],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _, definition in indexes:
            cursor.execute(definition, None)


def _cookie(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


def _cursor(student: User) -> str:
    page = run_page(owner=Owner(student.pk, "", ""), filter=RunFilter(), limit=_FAR_BACK)
    return page.next_cursor or ""


def _first(cursor: Any, query: str, students: list[User]) -> str:
    cursor.execute(query, [students[0].pk])
    (found,) = cursor.fetchone()
    return str(found)
