"""What a shared program has made goes along with its link, and can do nothing there."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.utils import timezone

from accounts.models import User
from ide.models import Share, SharedFile
from ide.tests.makers import guest_of, make_client, make_user, make_workspace
from ide.tests.past_runs import HOSTILE, make_run
from ide.trash import UNDO_TIME
from sandbox.models import Artifact, Run
from sandbox.requests import Owner

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n"
MADE = {"plot.png": PNG, "data/table.csv": b"a,b\n1,2\n"}


def share(client: Client, owner: User | Owner, made: dict[str, bytes]) -> str:
    """What the link to such a run answered with; empty where it was made."""
    workspace = make_workspace(owner)
    run = make_run(owner, workspace)
    Artifact.objects.bulk_create(
        Artifact(run=run, name=name, content=content, size=len(content))
        for name, content in made.items()
    )
    at = f"/w/{workspace.pk}/runs/{run.pk}"
    client.post(f"{at}/share", {"title": "My program", "days": "7"})
    is_made = Share.objects.filter(run_id=run.pk).exists()
    return "" if is_made else client.get(at).content.decode()


def shared(made: dict[str, bytes] = MADE) -> Share:
    user = make_user()
    assert share(make_client(user), user, made) == ""
    return Share.objects.latest("pk")


def test_anybody_with_the_link_sees_pictures_and_takes_files() -> None:
    link = shared()
    reader = Client()
    page = reader.get(f"/s/{link.token}").content.decode()
    at = f"/s/{link.token}/made"
    assert f'<img class="made-picture" src="{at}/plot.png" alt="plot.png" loading="lazy">' in page
    assert f'<a href="{at}/data/table.csv" download><bdi>data/table.csv</bdi></a>' in page
    assert f'src="{at}/data' not in page
    for name, content in MADE.items():
        assert reader.get(f"{at}/{name}").content == content
    assert not reader.cookies.get("sessionid")


def test_link_to_a_run_that_made_nothing_shows_none() -> None:
    link = shared({})
    assert "What it made" not in Client().get(f"/s/{link.token}").content.decode()


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("plot.png", "image/png"),
        ("plot.svg", "image/svg+xml"),
        ("page.html", "application/octet-stream"),
        ("page.xhtml", "application/octet-stream"),
        ("code.js", "application/octet-stream"),
        ("style.css", "application/octet-stream"),
        ("table.csv", "application/octet-stream"),
        ("icon.svgz", "application/octet-stream"),
        ("none", "application/octet-stream"),
    ],
)
def test_file_is_never_a_page_or_a_script_of_this_site(name: str, content_type: str) -> None:
    link = shared({name: b"<script>alert(1)</script>"})
    answer = Client().get(f"/s/{link.token}/made/{name}")
    assert answer["Content-Type"] == content_type
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert answer["X-Robots-Tag"] == "noindex"


def test_hostile_name_is_only_a_name() -> None:
    link = shared({HOSTILE.replace("/", "|"): b"x", 'a";filename=b\u00e9.png': PNG})
    page = Client().get(f"/s/{link.token}").content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page
    answer = Client().get(f"/s/{link.token}/made/a%22;filename=b%C3%A9.png")
    assert answer.content == PNG
    assert "\n" not in answer["Content-Disposition"]


@pytest.mark.parametrize("name", ["other", "plot.png%00", "..%2Fplot.png", "data", "data/"])
def test_there_is_nothing_else(name: str) -> None:
    link = shared()
    assert Client().get(f"/s/{link.token}/made/{name}").status_code == 404
    assert Client().get(f"/s/wrong{link.token}/made/plot.png").status_code == 404
    assert Client().post(f"/s/{link.token}/made/plot.png").status_code == 405


def test_files_outlive_their_run() -> None:
    link = shared()
    Run.objects.all().delete()
    assert Client().get(f"/s/{link.token}/made/plot.png").content == PNG


def test_files_go_with_their_link() -> None:
    user = make_user()
    client = make_client(user)
    share(client, user, MADE)
    link = Share.objects.get()
    client.post(f"/shares/{link.pk}/withdraw")
    assert Client().get(f"/s/{link.token}/made/plot.png").status_code == 404
    Share.objects.update(withdrawn_at=timezone.now() - UNDO_TIME)
    call_command("clean_up", verbosity=0)
    assert not SharedFile.objects.exists()


def test_files_go_when_their_link_expires() -> None:
    link = shared()
    Share.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(f"/s/{link.token}/made/plot.png").status_code == 404
    call_command("clean_up", verbosity=0)
    assert not SharedFile.objects.exists()


def test_files_go_with_the_account() -> None:
    shared()
    User.objects.all().delete()
    assert not SharedFile.objects.exists()


def test_files_of_a_guest_come_along_into_the_account() -> None:
    client = make_client()
    share(client, guest_of(client), MADE)
    user = make_user()
    client.force_login(user)
    link = Share.objects.get(user=user)
    assert Client().get(f"/s/{link.token}/made/plot.png").content == PNG


@override_settings(MAX_ARTIFACTS_PER_USER=2_500)
def test_files_of_all_links_are_counted_together() -> None:
    user = make_user()
    client = make_client(user)
    file = {"f.bin": bytes(1_000)}
    assert [share(client, user, file) for _ in range(2)] == ["", ""]
    refusal = share(client, user, file)
    assert "in the files of your links. Withdraw one first." in refusal
    other = make_user("eve")
    assert share(make_client(other), other, file) == ""
    client.post(f"/shares/{Share.objects.filter(user=user).latest('pk').pk}/withdraw")
    assert share(client, user, file) == ""
    assert SharedFile.objects.filter(share__user=user).count() == 2


PAGE = {"report.html": b"<h1>Report</h1>", "plot.svg": b"<svg/>"}
ELSEWHERE = {
    "SITE_URL": "https://ide.example",
    "PREVIEW_URL": "https://preview.example",
    "ALLOWED_HOSTS": ["ide.example", "preview.example"],
}


def preview_of(link: Share) -> str:
    page = Client().get(f"/s/{link.token}").content.decode()
    return page.partition('<a href="/preview/')[2].partition('"')[0].join(["/preview/", ""])


def test_page_is_shown_with_an_origin_that_is_not_this_sites() -> None:
    address = preview_of(shared(PAGE))
    answer = Client().get(address)
    assert answer.content == b"<h1>Report</h1>"
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    policy = answer["Content-Security-Policy"]
    folder = f"http://testserver{address.removesuffix('report.html')}"
    assert policy.startswith("sandbox allow-scripts allow-modals allow-forms; default-src 'none'")
    assert f"img-src {folder} " in policy
    assert "connect-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["X-Robots-Tag"] == "noindex"
    assert not answer.cookies


def test_page_has_what_lies_beside_it_and_no_more() -> None:
    address = preview_of(shared(PAGE))
    folder = address.removesuffix("report.html")
    assert Client().get(f"{folder}plot.svg")["Content-Type"] == "image/svg+xml"
    for name in ("", "other", "plot.svg%00", "..%2Fplot.svg"):
        assert Client().get(f"{folder}{name}").status_code == 404


def test_page_is_no_script_of_this_site() -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "script"}
    assert Client().get(preview_of(shared(PAGE)), headers=headers).status_code == 404


def test_page_does_not_know_the_link() -> None:
    link = shared(PAGE)
    assert link.token not in preview_of(link)


def test_page_is_at_no_address_that_one_could_guess() -> None:
    link = shared(PAGE)
    signature = preview_of(link).split("/")[3].partition(".")[2]
    for token in (link.token, str(link.pk), f"{link.pk}.x", f"{link.pk + 1}.{signature}"):
        assert Client().get(f"/preview/shared/{token}/report.html").status_code == 404


def test_page_goes_with_its_link() -> None:
    link = shared(PAGE)
    address = preview_of(link)
    Share.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(address).status_code == 404


def test_page_has_an_origin_of_its_own_where_previews_have_one() -> None:
    link = shared(PAGE)
    with override_settings(**ELSEWHERE):
        page = Client().get(f"/s/{link.token}", headers={"Host": "ide.example"}).content.decode()
        address = page.partition('<a href="https://preview.example')[2].partition('"')[0]
        assert address.startswith("/preview/shared/")
        for host, status in (("preview.example", 200), ("ide.example", 404)):
            assert Client().get(address, headers={"Host": host}).status_code == status
