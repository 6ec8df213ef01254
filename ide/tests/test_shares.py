"""Links to shared runs: what they show, to whom, for how long; and what they do not tell."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone
from PIL import Image

from accounts.models import User
from ide.history.snapshots import program_events
from ide.models import Share, Workspace
from ide.sharing.selectors import share_facts
from ide.tests.makers import content, guest_of, make_client, make_user, make_workspace
from ide.tests.past_runs import HOSTILE, make_run
from ide.trash import UNDO_TIME
from sandbox.models import Run, RunStatus

pytestmark = pytest.mark.django_db

READ = ("", "/recording", "/output", "/embed")
DOORS = (*READ, "/files.zip", "/picture.png")
SECRET = "told to nobody"


def share(client: Client, workspace: Workspace, run: Run, **fields: str) -> Share:
    form = {"title": "My program", "days": "7"} | fields
    answer = client.post(f"/w/{workspace.pk}/runs/{run.pk}/share", form)
    assert answer.status_code == 302
    return Share.objects.latest("pk")


def shared_by(user: User, **run: Any) -> Share:
    workspace = make_workspace(user)
    return share(make_client(user), workspace, make_run(user, workspace, **run))


def statuses(client: Client, token: str) -> set[int]:
    answers = [client.get(f"/s/{token}{door}").status_code for door in DOORS]
    return {*answers, client.post(f"/s/{token}/fork").status_code}


def test_anybody_with_the_link_reads_it() -> None:
    link = shared_by(make_user(), code="print('shared')\n", output="\x1b[32mgreen\n")
    stranger = Client()
    page = stranger.get(f"/s/{link.token}").content.decode()
    for words in ("My program", "shared", '<span class="in-green">green</span>', "Fork"):
        assert words in page
    assert stranger.get(f"/s/{link.token}/output").content == b"\x1b[32mgreen\n"
    assert b"green" in stranger.get(f"/s/{link.token}/recording").content


def test_link_tells_nothing_else_of_its_owner() -> None:
    user = User.objects.create_user(
        "ada_secret", "ada@secret.example.org", display_name="Adasecret"
    )
    workspace = make_workspace(user)
    Workspace.objects.update(name=SECRET)
    other = make_run(user, workspace, code=SECRET, output=SECRET)
    run = make_run(user, workspace)
    link = share(make_client(user), workspace, run)
    for door in READ:
        answer = Client().get(f"/s/{link.token}{door}")
        told = answer.content.decode() + str(answer.headers)
        for secret in (run.pk, other.pk, workspace.pk, SECRET, "ada", "Ada", "secret"):
            assert secret not in told


def test_copy_holds_only_what_is_shown() -> None:
    """The log has the address of a preview, which is for its owner."""
    link = shared_by(make_user())
    assert link.log is not None
    assert {event.type for event in program_events(link.log)} == {"stdout", "complete"}


def test_pages_of_links_are_unlisted_and_kept_by_nobody() -> None:
    link = shared_by(make_user())
    for door in DOORS:
        answer = Client().get(f"/s/{link.token}{door}")
        assert answer["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}
    assert Client().get("/s/wrong")["X-Robots-Tag"] == "noindex"


def test_reading_sets_no_cookie_but_the_forms_own() -> None:
    link = shared_by(make_user())
    for door in DOORS:
        client = Client()
        client.get(f"/s/{link.token}{door}")
        assert set(client.cookies) <= ({"csrftoken"} if door == "" else set())


def test_copy_outlives_its_run() -> None:
    link = shared_by(make_user())
    Run.objects.all().delete()
    assert Client().get(f"/s/{link.token}").status_code == 200


def test_withdrawn_link_leads_nowhere() -> None:
    user = make_user()
    link = shared_by(user)
    client = make_client(user)
    assert link.address in client.get("/shares").content.decode()
    assert client.post(f"/shares/{link.pk}/withdraw").status_code == 302
    assert statuses(Client(), link.token) == {404}
    assert link.address not in client.get("/shares").content.decode()
    assert (
        "leads nowhere"
        in Client().get(f"/s/{link.token}", headers={"Accept": "text/html"}).content.decode()
    )


def test_withdrawal_is_taken_back_for_ten_minutes() -> None:
    user = make_user()
    link, client = shared_by(user), make_client(user)
    for url in ("withdraw", "restore"):
        assert client.post(f"/shares/{link.pk}/{url}").status_code == 302
    assert client.post(f"/shares/{link.pk}/restore").status_code == 404
    assert 404 not in statuses(Client(), link.token)
    client.post(f"/shares/{link.pk}/withdraw")
    assert f"/shares/{link.pk}/restore" in client.get("/shares").content.decode()
    call_command("clean_up", verbosity=0)
    Share.objects.update(withdrawn_at=timezone.now() - UNDO_TIME)
    assert f"/shares/{link.pk}/restore" not in client.get("/shares").content.decode()
    assert client.post(f"/shares/{link.pk}/restore").status_code == 404
    assert Share.objects.count() == 1
    call_command("clean_up", verbosity=0)
    assert Share.objects.count() == 0


def test_withdrawn_link_is_told_nowhere() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    run = make_run(user, workspace)
    link = share(client, workspace, run)
    client.post(f"/shares/{link.pk}/withdraw")
    assert link.address not in client.get(f"/w/{workspace.pk}/runs/{run.pk}").content.decode()
    assert share_facts(user.pk) == []
    assert client.post(f"/shares/{link.pk}/withdraw").status_code == 404


@override_settings(MAX_SHARES_PER_USER=1)
def test_withdrawn_link_gives_way_to_a_new_one() -> None:
    user = make_user()
    link, client = shared_by(user), make_client(user)
    client.post(f"/shares/{link.pk}/withdraw")
    shared = Share.objects.get(pk=link.pk)
    workspace = Workspace.objects.get()
    assert share(client, workspace, Run.objects.get()).pk != shared.pk
    assert Share.objects.count() == 1


def test_expired_link_leads_nowhere_and_is_deleted() -> None:
    user = make_user()
    link = shared_by(user)
    assert link.expires_at is not None
    assert timedelta(days=6) < link.expires_at - timezone.now() <= timedelta(days=7)
    call_command("clean_up", verbosity=0)
    assert Share.objects.count() == 1
    Share.objects.update(expires_at=timezone.now())
    assert statuses(Client(), link.token) == {404}
    assert link.address not in make_client(user).get("/shares").content.decode()
    call_command("clean_up", verbosity=0)
    assert Share.objects.count() == 0


def test_profile_says_that_links_are_taken_along_and_deleted() -> None:
    page = make_client(make_user()).get("/accounts/profile/").content.decode()
    assert "your profile, your workspaces, your links," in page
    assert "with your workspaces, runs, links and what you asked the assistant" in page


def test_deleted_account_takes_its_links_along() -> None:
    user = make_user()
    link = shared_by(user)
    user.delete()
    assert statuses(Client(), link.token) == {404}


def test_same_refusal_whatever_is_wrong() -> None:
    user = make_user()
    gone = shared_by(user)
    Share.objects.update(expires_at=timezone.now())
    details = {
        Client().get(f"/s/{token}").json()["detail"] for token in (gone.token, "x", "0" * 500)
    }
    assert len(details) == 1


@pytest.mark.parametrize("who", ["stranger", "anonymous"])
def test_only_its_owner_withdraws_a_link(who: str) -> None:
    link = shared_by(make_user())
    visitor = make_client(make_user("eve")) if who == "stranger" else Client()
    assert visitor.post(f"/shares/{link.pk}/withdraw").status_code == 404
    Share.objects.update(withdrawn_at=timezone.now())
    assert visitor.post(f"/shares/{link.pk}/restore").status_code == 404
    assert link.title not in visitor.get("/shares").content.decode()
    Share.objects.update(withdrawn_at=None)
    assert link.address not in visitor.get("/shares").content.decode()
    assert Share.objects.count() == 1
    assert visitor.get(f"/shares/{link.pk}/withdraw").status_code == 405


def test_changes_need_the_token_of_the_form() -> None:
    user = make_user()
    link = shared_by(user)
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert client.post(f"/shares/{link.pk}/withdraw").status_code == 403
    assert client.post(f"/shares/{link.pk}/restore").status_code == 403
    assert client.post(f"/s/{link.token}/fork").status_code == 403
    assert Share.objects.count() == 1
    assert Workspace.objects.count() == 1


@pytest.mark.parametrize("whose", ["user", "guest"])
def test_fork_is_the_readers_own(whose: str) -> None:
    files = [{"name": "lib/a.py", "content": "A = 1\n", "encoding": "utf-8"}]
    link = shared_by(make_user(), code="print('shared')\n", source={"files": files})
    reader = make_client(make_user("eve")) if whose == "user" else Client()
    answer = reader.post(f"/s/{link.token}/fork")
    made = Workspace.objects.latest("created_at")
    assert answer["Location"] == f"/w/{made.pk}"
    assert reader.get(f"/w/{made.pk}").status_code == 200
    assert (made.name, made.language, made.entry) == ("My program", "python", "main.py")
    assert content(made, "main.py") == b"print('shared')\n"
    assert content(made, "lib/a.py") == b"A = 1\n"


def test_fork_is_held_to_the_readers_limits() -> None:
    link = shared_by(make_user())
    reader = make_client()
    with override_settings(MAX_WORKSPACES_PER_USER=0):
        assert reader.post(f"/s/{link.token}/fork").status_code == 413
    with override_settings(MAX_BYTES_PER_USER=5):
        assert reader.post(f"/s/{link.token}/fork").status_code == 413
    with override_settings(WORKSPACES_PER_HOUR=0):
        assert reader.post(f"/s/{link.token}/fork").status_code == 429
    with override_settings(GUEST_RUNS=False):
        assert reader.post(f"/s/{link.token}/fork").status_code == 401
        assert reader.get(f"/s/{link.token}").status_code == 200
    assert Workspace.objects.count() == 1


def test_guests_links_end_and_come_along() -> None:
    client = make_client()
    guest = guest_of(client)
    workspace = make_workspace(guest)
    run = make_run(guest, workspace)
    page = client.get(f"/w/{workspace.pk}/runs/{run.pk}").content.decode()
    assert "until I withdraw it" not in page
    for days in ("0", "30"):
        client.post(f"/w/{workspace.pk}/runs/{run.pk}/share", {"title": "x", "days": days})
    assert Share.objects.count() == 0
    link = share(client, workspace, run)
    assert link.address in client.get("/shares").content.decode()
    user = make_user()
    client.force_login(user)
    assert link.address in make_client(user).get("/shares").content.decode()


REFUSED = [
    {"title": "", "days": "7"},
    {"title": "x" * 81, "days": "7"},
    {"title": "a\u202eb", "days": "7"},
    {"title": "x", "days": "3"},
    {"title": "x", "days": "-1"},
    {"title": "x", "days": "²"},
    {"title": "x", "days": "9" * 5000},
    {"title": "x"},
]


@pytest.mark.parametrize("form", REFUSED)
def test_link_that_no_form_offers_is_refused(form: dict[str, str]) -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    run = make_run(user, workspace)
    at = f"/w/{workspace.pk}/runs/{run.pk}"
    client.post(f"{at}/share", form)
    assert Share.objects.count() == 0
    assert 'data-tone="bad"' in client.get(at).content.decode()


def test_links_are_bounded() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    run = make_run(user, workspace)
    share(client, workspace, run)
    for settings in ({"MAX_SHARES_PER_USER": 1}, {"SHARES_PER_HOUR": 0}):
        with override_settings(**settings):
            client.post(f"/w/{workspace.pk}/runs/{run.pk}/share", {"title": "x", "days": "7"})
    assert Share.objects.count() == 1


def test_run_that_goes_on_is_not_shared() -> None:
    user = make_user()
    workspace, client = make_workspace(user), make_client(user)
    run = make_run(user, workspace, status=RunStatus.RUNNING)
    client.post(f"/w/{workspace.pk}/runs/{run.pk}/share", {"title": "x", "days": "7"})
    assert Share.objects.count() == 0


def test_hostile_text_is_only_text() -> None:
    user = make_user()
    workspace = make_workspace(user)
    files = [{"name": HOSTILE, "content": HOSTILE, "encoding": "utf-8"}]
    run = make_run(
        user,
        workspace,
        code=HOSTILE,
        output=HOSTILE,
        source={"files": files, "stdin": HOSTILE},
        explanation=HOSTILE,
    )
    client = make_client(user)
    link = share(client, workspace, run, title=HOSTILE)
    pages = [Client().get(f"/s/{link.token}"), Client().get(f"/s/{link.token}/embed")]
    pages += [client.get("/shares"), client.get(f"/w/{workspace.pk}/runs/{run.pk}")]
    for page in pages:
        assert "&lt;img src=x" in page.content.decode()
        assert "<img src=x" not in page.content.decode()
        assert "<script>hacked" not in page.content.decode()
    assert Client().get(f"/s/{link.token}/picture.png").status_code == 200


def test_embed_may_be_framed_and_does_nothing() -> None:
    link = shared_by(make_user())
    answer = Client().get(f"/s/{link.token}/embed?theme=dark")
    policy = dict(part.split(" ", 1) for part in answer["Content-Security-Policy"].split("; "))
    assert policy["frame-ancestors"] == "*"
    assert policy["default-src"] == policy["form-action"] == "'none'"
    assert "script-src" not in policy
    assert "connect-src" not in policy
    assert "X-Frame-Options" not in answer
    page = answer.content.decode()
    assert (page.count("<a "), "<form" in page, "<button" in page) == (1, False, False)
    assert "<script" not in page
    assert 'data-theme="dark"' in page
    assert "Set-Cookie" not in answer
    evil = Client().get(f"/s/{link.token}/embed?theme=%22%3E%3Cb%3E").content.decode()
    assert "data-theme" not in evil


def test_all_else_may_not_be_framed() -> None:
    link = shared_by(make_user())
    for door in ("", "/recording", "/output", "/picture.png"):
        answer = Client().get(f"/s/{link.token}{door}")
        assert answer["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_picture_shows_the_code_and_is_drawn_once() -> None:
    link = shared_by(make_user(), code="x = 1\n" * 100_000)
    answer = Client().get(f"/s/{link.token}/picture.png")
    assert (answer["Content-Type"], len(answer.content) < 200_000) == ("image/png", True)
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (1200, 630)
        colours = {colour for _, colour in picture.getcolors(1 << 20) or []}
    assert (0xFF, 0xB6, 0x79) in colours  # the numbers' own
    Share.objects.update(title="Another")
    assert Client().get(f"/s/{link.token}/picture.png").content == answer.content


def test_page_tells_other_sites_how_to_show_it() -> None:
    link = shared_by(make_user())
    page = Client().get(f"/s/{link.token}").content.decode()
    for name, value in (
        ("og:title", "My program"),
        ("og:description", "Python · Ran fine"),
        ("og:url", link.address),
        ("og:image", f"{link.address}/picture.png"),
    ):
        assert f'<meta property="{name}" content="{value}">' in page


def test_code_to_embed_stands_where_the_link_is_and_is_escaped() -> None:
    user = make_user()
    workspace = make_workspace(user)
    run = make_run(user, workspace)
    link = share(make_client(user), workspace, run, title='My "<b>" program')
    escaped = "My &amp;quot;&amp;lt;b&amp;gt;&amp;quot; program"
    frame = f"&lt;iframe src=&quot;{link.address}/embed&quot; title=&quot;{escaped}&quot;"
    for page in (f"/w/{workspace.pk}/runs/{run.pk}", "/shares", f"/s/{link.token}"):
        assert frame in make_client(user).get(page).content.decode()
