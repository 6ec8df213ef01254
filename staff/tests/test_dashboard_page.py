"""The front page of the admin, as staff get it."""

import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import AuditEntry, Classroom, User
from accounts.tests.factories import make_user
from sandbox.models import Run
from staff.dashboard.charts import bar_chart, time_chart

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_page_shows_charts_tables_and_links_and_is_audited() -> None:
    root = User.objects.create_superuser("root", "root@example.org", "x")
    Run.objects.create(
        user=root, instance="t", source=b"", language="python", status="error",
        error="NameError: <b>", first_output_ms=40,
    )  # fmt: skip
    for days in ("", "0", "7", "30", "91"):
        text = client_of(root).get("/admin/", {"days": days}).content.decode()
        assert text.count('role="img"') == 5
        assert "NameError: &lt;b&gt;" in text
        assert "?error=NameError%3A+%3Cb%3E&amp;since=" in text
        svgs = "".join(re.findall('<svg[^>]*role="img".*?</svg>', text, re.DOTALL))
        assert not re.search(r"<style|<script|style=|\son\w+=", svgs)
    assert f"?user={root.pk}&amp;since=" in text
    assert '<th scope="row">Python</th>' in text
    (link,) = re.findall(r'href="(/admin/sandbox/run/\?error=[^"]*)"', text)
    listed = client_of(root).get(link.replace("&amp;", "&"))
    assert listed.context["cl"].result_count == 1
    assert AuditEntry.objects.filter(actor=root, what__startswith="overview").count() == 5


def test_instructor_cannot_choose_the_class_of_another() -> None:
    teacher, student = make_user("teacher", is_staff=True), make_user("student")
    teacher.groups.add(Group.objects.get(name="Instructors"))
    room = Classroom.objects.create(name="Another's")
    room.students.add(student)
    Run.objects.create(user=student, instance="t", source=b"", language="python", error="Secret")
    for query in ({}, {"classroom": room.pk}):
        text = client_of(teacher).get("/admin/", query).content.decode()
        assert not {"Another", "Secret", 'role="img"'} & set(
            re.findall('Another|Secret|role="img"', text)
        )
        assert "Make a class" in text


@pytest.mark.bubblewrap
def test_page_says_how_many_sandboxes_stand_ready() -> None:
    root = User.objects.create_superuser("root", "root@example.org", "x")
    text = client_of(root).get("/admin/").content.decode()
    assert re.search(r"<dt>Sandboxes ready</dt><dd>\d+</dd>", text)


def test_empty_site_says_what_to_do() -> None:
    root = User.objects.create_superuser("root", "root@example.org", "x")
    assert "run a first program" in client_of(root).get("/admin/").content.decode()


def test_runs_without_output_have_words_for_a_chart() -> None:
    root = User.objects.create_superuser("root", "root@example.org", "x")
    Run.objects.create(user=root, instance="t", source=b"", language="python", status="error")
    text = client_of(root).get("/admin/").content.decode()
    assert "has written anything" in text
    assert text.count('role="img"') == 3


@pytest.mark.parametrize("most", [1, 2, 3, 7, 40])
def test_axes_count_in_whole_steps(most: int) -> None:
    for chart in (
        *time_chart("bars", "Runs", ["a", "b"], {"completed": [most, 0]}),
        bar_chart("Runs", [("Python", most)]),
    ):
        labels = re.findall(r"<text[^>]*>([\d,]+)</text>", chart)
        assert len(labels) == len(set(labels)) > 0, labels


@pytest.mark.parametrize("series", [2, 3, 6])
def test_legend_is_within_its_chart(series: int) -> None:
    for chart in time_chart("lines", "Times", ["a"], {f"p{n}": [n] for n in range(series)}):
        (height,) = re.findall(r'viewBox="0 0 \d+ (\d+)"', chart)
        (top,) = re.findall(r'translate\(\d+, (\d+)\)" class="legends"', chart)
        _, _, legend = chart.partition('class="legends"')
        lowest = max(float(y) for y in re.findall(r'<text[^>]* y="([\d.]+)"', legend))
        assert float(top) + lowest < float(height)


@pytest.mark.parametrize("units", [7, 13, 24, 30])
@pytest.mark.parametrize("kind", ["bars", "lines"])
def test_newest_unit_has_its_label_within_the_chart(kind: str, units: int) -> None:
    half_label = 20
    labels = [f"{unit:02} Nov" for unit in range(units)]
    for chart in time_chart(kind, "Runs", labels, {"p50": [None] * (units - 1) + [1]}):
        (width,) = re.findall(r'viewBox="0 0 (\d+)', chart)
        (left,) = set(re.findall(r'translate\((\d+), \d+\)" class="plot"', chart))
        (middle,) = re.findall(rf'<text x="([\d.]+)"[^>]*class="major"[^>]*>{labels[-1]}<', chart)
        assert float(left) + float(middle) + half_label <= float(width)


def test_students_are_kept_out() -> None:
    assert client_of(make_user()).get("/admin/").status_code == 302
