"""What a run's row says of its log, for staff to search and to count."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from sandbox.diagnosis import Diagnosis, Reason, alike
from sandbox.diagnosis.alike import without_own
from sandbox.events import EventLog
from sandbox.models import Run, pack_source
from sandbox.searching import runs_matching
from sandbox.summaries import output_head, searchable

_TEXTS = tomllib.loads((Path(__file__).parent / "error_texts.toml").read_text())["text"]


@pytest.mark.parametrize(
    ("message", "alike"),
    [
        ("NameError: name 'foo' is not defined", "NameError: name '…' is not defined"),
        ("can't open file '/tmp/a b.txt'", "can't open file '…'"),
        ("IndexError: 17 of 3.5", "IndexError: N of N"),
        ("bash: line 3: foo: command not found", "bash: line N: foo: command not found"),
        ("in /workspace/lib/a.js:12", "in …:N"),
        ("at 0x7f3a at 123e4567-e89b-12d3-a456-426614174000", "at … at …"),
        ("plain words", "plain words"),
    ],
)
def test_what_is_ones_own_is_left_out(message: str, alike: str) -> None:
    assert without_own(message) == alike


def test_error_is_the_last_line_where_no_place_is_known() -> None:
    diagnosis = Diagnosis(Reason.EXCEPTION, "")
    assert alike(diagnosis, "Traceback\n  ...\nKeyError: 'a'\n\n") == "KeyError: '…'"
    assert alike(diagnosis, "") == "exception"


def test_limits_are_alike_whatever_was_printed() -> None:
    errors = {alike(Diagnosis(Reason.TIME_LIMIT, ""), text) for text in ("a", "b", "")}
    assert len(errors) == 1


def test_stop_is_no_error() -> None:
    assert alike(Diagnosis(Reason.STOPPED, ""), "anything") == ""


@pytest.mark.parametrize("text", _TEXTS, ids=[text["name"] for text in _TEXTS])
def test_real_errors_fit_and_hold_no_path(text: dict[str, Any]) -> None:
    error = alike(Diagnosis(Reason.EXCEPTION, ""), text.get("stderr", ""))
    assert 0 < len(error) <= 200
    assert "/workspace/" not in error


def test_both_code_and_output_are_searched_in_eight_kib() -> None:
    text = searchable("c" * 20_000, "o" * 20_000)
    assert len(text) <= 8192
    assert text.count("c") >= 4095
    assert text.count("o") >= 4095
    assert searchable("short", "o" * 20_000).count("o") > 8000
    assert len(searchable("ü" * 9000, "ß" * 9000).encode()) <= 8192


def test_what_no_database_takes_is_left_out() -> None:
    assert "\x00" not in searchable("a\x00b", "c\x00d")
    assert searchable("\ud800").encode()


def test_head_of_the_output_is_of_both_streams() -> None:
    log = EventLog()
    log.append("status", "Running...")
    log.append("stdout", "one\n")
    log.append("stderr", "two\n")
    assert output_head(log) == "one\ntwo\n"


def _make_run(text: str) -> Run:
    source = pack_source({"code": text, "stdin": "", "files": []})
    return Run.objects.create(language="python", instance="x", source=source, search_text=text)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("savefig", {"plot"}),
        ("plt.savefig", {"plot"}),
        ("SAVEFIG", {"plot"}),
        ("savef", {"plot"}),
        ('"import os"', {"os"}),
        ("import", {"plot", "os"}),
        ("import nothing_like_it", set()),
        ("...", set()),
        ("", set()),
        ("a\x00b", set()),
        ("')); DROP TABLE sandbox_run; --", set()),
        ("& | ! ( :*", set()),
        ("x " * 5000, set()),
    ],
)
def test_words_are_found(query: str, found: set[str]) -> None:
    runs = {
        "plot": _make_run("import matplotlib.pyplot as plt\nplt.savefig('plot.png')"),
        "os": _make_run("import os\nprint(os.getcwd())"),
    }
    names = {run.pk: name for name, run in runs.items()}
    assert {names[run.pk] for run in runs_matching(Run.objects.all(), query)} == found


@pytest.mark.django_db
def test_run_is_found_by_its_id() -> None:
    run = _make_run("print()")
    assert list(runs_matching(Run.objects.all(), run.pk)) == [run]


if connection.vendor == "postgresql":  # SQLite looks at each row

    @pytest.mark.django_db
    def test_words_have_an_index() -> None:
        with connection.cursor() as cursor:
            for way in ("seqscan", "indexscan"):  # an order's index costs little with few rows
                cursor.execute(f"SET LOCAL enable_{way} = off")
            rows = runs_matching(Run.objects.all(), "word").explain()
        assert "sandbox_run_words" in rows
