"""Lists of staff need no query for each row."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.audit import audit
from accounts.models import AuditAction, Classroom, User
from accounts.tests.factories import make_user
from assistant.models import Call
from ide.tests.makers import make_workspace
from sandbox.models import Run
from staff.tests.makers import client_of, make_instructor, make_run

pytestmark = pytest.mark.django_db
FEW, MANY = 2, 20


def make_class(user: User) -> None:
    Classroom.objects.create(name=user.username).students.add(user)


def make_call(user: User) -> None:
    Call.objects.create(user=user, action="fix_error", prompt_version=1, latency_ms=1)


def make_session(user: User) -> None:
    UserSession.objects.create(
        user=user, ip="127.0.0.1", session_key=user.username, user_agent="Firefox"
    )


# A row of each list for a user who is made for it.
MAKERS: dict[str, Callable[[User], object]] = {
    "accounts/user": lambda user: make_run(user),
    "accounts/classroom": make_class,
    "accounts/auditentry": lambda user: audit(_actor(), AuditAction.VIEWED, subject=user),
    "sandbox/run": lambda user: make_run(user),
    "assistant/call": make_call,
    "assistant/call/figures": make_call,
    "ide/workspace": make_workspace,
    "auth/group": lambda user: Group.objects.create(name=user.username),
    "account/emailaddress": lambda user: EmailAddress.objects.create(user=user, email=user.email),
    "mfa/authenticator": lambda user: Authenticator.objects.create(
        user=user, type=Authenticator.Type.TOTP, data={}
    ),
    "socialaccount/socialaccount": lambda user: SocialAccount.objects.create(
        user=user, provider="github", uid=user.username
    ),
    "usersessions/usersession": make_session,
}
# Of these there are as many as an operator sets up.
SET_UP = {"socialaccount/socialapp", "socialaccount/socialtoken"}


def _actor() -> User:
    return User.objects.get(username="root")


def queries(client: Client, path: str) -> int:
    client.get(path)  # the first one finds out what the others know
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


@pytest.mark.parametrize("name", MAKERS)
def test_list_asks_as_much_for_many_rows_as_for_few(name: str) -> None:
    client = client_of(User.objects.create_superuser("root", "root@example.org", "x"))
    numbers = []
    for begin, end in ((0, FEW), (FEW, MANY)):
        for number in range(begin, end):
            MAKERS[name](make_user(f"user_{number}", password=None))
        numbers.append(queries(client, f"/admin/{name}/"))
    assert numbers[0] == numbers[1]


def test_few_and_many_rows_are_found_in_the_order_of_their_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = client_of(User.objects.create_superuser("root", "root@example.org", "x"))
    runs = [make_run(None, code="print('hello world')\n") for _ in range(5)]
    make_run(None, code="other\n", output="")
    newest_first = [run.pk for run in reversed(runs)]
    for most in (10, 2):
        monkeypatch.setattr("staff.paging._MOST_COUNTED", most)
        for query, wanted in (
            ('?q="hello wor"', newest_first),
            ("?q=hello&o=-1", newest_first[::-1]),
        ):
            found = client.get(f"/admin/sandbox/run/{query}").context["cl"].result_list
            assert [run.pk for run in found] == wanted


@pytest.mark.parametrize("few", [0, 100])
def test_words_are_found_among_few_and_many(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.searching._FEW", few)
    client = client_of(User.objects.create_superuser("root", "root@example.org", "x"))
    run = make_run(None, code="print('hello world')\n")
    make_run(None, code="other\n", output="")
    answer = client.get("/admin/sandbox/run/?language=python&q=hello")
    assert [found.pk for found in answer.context["cl"].result_list] == [run.pk]


# SQLite has no numbers like these, PostgreSQL no text with the last: the other finds nothing.
IMPOSSIBLE = (str(2**63), str(-(2**63) - 1), str(10**20), "\x00")


@pytest.mark.parametrize("value", IMPOSSIBLE)
@pytest.mark.parametrize(
    "path",
    [
        "accounts/user/?id__in=",
        "accounts/user/?username=",
        "accounts/auditentry/?actor=",
        "accounts/auditentry/?subject=",
        "assistant/call/?user=",
        "ide/workspace/?user=",
        "sandbox/run/?user=",
    ],
)
def test_values_that_no_row_can_have_find_none(path: str, value: str) -> None:
    client = client_of(User.objects.create_superuser("root", "root@example.org", "x"))
    page = client.get(f"/admin/{path}{quote(value)}", follow=True)
    assert page.status_code == 200
    is_told = bool(list(page.context["messages"]))
    assert is_told or not page.context["cl"].result_list
    name, _, query = path.partition("?")
    if name == "accounts/user/":
        status = client.get(f"/admin/{name}export/?{query}{quote(value)}").status_code
        assert status == (400 if is_told else 200)


@pytest.mark.parametrize("ticked", ["zz", *IMPOSSIBLE])
@pytest.mark.parametrize(
    "action", ["accounts/user deactivate", "accounts/classroom renew_codes", "ide/workspace teach"]
)
def test_rows_that_cannot_be_are_not_acted_on(action: str, ticked: str) -> None:
    client = client_of(User.objects.create_superuser("root", "root@example.org", "x"))
    name, action = action.split()
    data = {"action": action, "_selected_action": [ticked], "confirmed": "yes"}
    assert client.post(f"/admin/{name}/", data).status_code in {302, 400}


def test_instructors_filter_their_students_by_class_and_runs() -> None:
    ran, idle = make_user("ran"), make_user("idle")
    instructor = make_instructor("teacher", ran, idle)
    make_run(ran)
    client, classroom = client_of(instructor), instructor.taught_classes.get()
    names = {}
    for query in (f"class={classroom.pk}", "ran=1", "ran=none"):
        answer = client.get(f"/admin/accounts/user/?{query}")
        names[query.split("=")[1]] = {user.username for user in answer.context["cl"].result_list}
    assert names == {str(classroom.pk): {"ran", "idle"}, "1": {"ran"}, "none": {"idle"}}


def test_users_are_found_by_when_they_were_here_and_how_their_last_run_ended() -> None:
    long_ago = timezone.now() - timedelta(days=40)
    made = {name: make_user(name) for name in ("logged", "looked", "ran", "gone", "away", "never")}
    for name, last_login in (("logged", timezone.now()), ("gone", long_ago)):
        User.objects.filter(username=name).update(last_login=last_login)
    for name in ("looked", "away"):
        make_session(made[name])
    UserSession.objects.filter(user=made["away"]).update(last_seen_at=long_ago)
    make_run(made["gone"], status="completed")
    old = make_run(made["gone"], status="error")
    Run.objects.filter(user=made["gone"]).update(created_at=long_ago - timedelta(days=1))
    Run.objects.filter(pk=old.pk).update(created_at=long_ago)
    make_run(made["ran"], status="timeout")
    client = client_of(make_instructor("teacher", *made.values()))
    for query, wanted in {
        "seen=1": {"logged", "looked", "ran"},
        "seen=30": {"logged", "looked", "ran"},
        "seen=not": {"gone", "away", "never"},
        "seen=never": {"never"},
        "outcome=error": {"gone"},
        "outcome=timeout": {"ran"},
        "outcome=completed": set(),
    }.items():
        found = client.get(f"/admin/accounts/user/?{query}").context["cl"].result_list
        assert {user.username for user in found} == wanted, query


def test_audit_log_is_searched_by_names_and_ids() -> None:
    root = User.objects.create_superuser("root", "root@example.org", "x")
    ada, bob = make_user("ada"), make_user("bob")
    audit(root, AuditAction.VIEWED, subject=ada, what="run 0a1b")
    audit(bob, AuditAction.LISTED, what="users q=ada")
    client = client_of(root)
    for query, wanted in {
        "ad": ["run 0a1b"],
        "Bo": ["users q=ada"],
        "0a1b": ["run 0a1b"],
        "users q": ["users q=ada"],
        "carol": [],
    }.items():
        found = client.get("/admin/accounts/auditentry/", {"q": query}).context["cl"].result_list
        assert [entry.what for entry in found] == wanted, query


def test_audit_log_leads_to_what_is_still_there() -> None:
    root = User.objects.create_superuser("root", "root@example.org", "x")
    ada = make_user("ada")
    run, classroom = make_run(ada), Classroom.objects.create(name="Algorithms")
    gone = "0" * 32
    for what in (f"run {run.pk}", f"account in class {classroom.pk}", f"run {gone}", "runs q=x"):
        audit(root, AuditAction.VIEWED, subject=ada, what=what)
    page = client_of(root).get("/admin/accounts/auditentry/").content.decode()
    assert f'<a href="/admin/sandbox/run/{run.pk}/change/">run {run.pk}</a>' in page
    address = f"/admin/accounts/classroom/{classroom.pk}/change/"
    assert (
        f'account in <a href="{address}">class {classroom.pk} “<bdi>Algorithms</bdi>”</a>' in page
    )
    assert f'<td class="field-thing">run {gone}</td>' in page
    assert "4 audit entries" in page


def test_every_list_is_tested() -> None:
    lists = {f"{m._meta.app_label}/{m._meta.model_name}" for m in admin.site._registry}
    assert lists - SET_UP <= MAKERS.keys()
