"""`manage.py sandbox_images`."""

import io
import subprocess
import sys

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command

from sandbox.tests.images.made import SOCKET, Store, use_image
from sandbox.tests.registry import docker, free_port, unique_name

pytestmark = pytest.mark.docker


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_command_fetches_what_is_missing(image: str) -> None:
    out = io.StringIO()
    call_command("sandbox_images", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[0] == f"Fetching {image}"
    assert lines[-2].startswith("  100%  ")
    assert lines[-1] == f"{image} is there."
    assert "\r" not in out.getvalue()
    again = io.StringIO()
    call_command("sandbox_images", stdout=again)
    assert again.getvalue() == "All images are there already.\n"


def test_command_draws_a_bar_on_a_terminal(image: str) -> None:
    out = Terminal()
    call_command("sandbox_images", stdout=out)
    drawn = out.getvalue().split("\r")
    assert f"{image}  [{'-' * 30}]   0%" in drawn[1]
    assert any(f"[{'#' * 30}] 100%" in line for line in drawn)
    assert drawn[-1] == f"{image} is there.\n"


def test_command_lists(image: str, store: Store) -> None:
    out = io.StringIO()
    with pytest.raises(CommandError, match=f"Not on this machine: {image}"):
        call_command("sandbox_images", "--list", stdout=out)
    states = {line.split()[0]: line.split()[1] for line in out.getvalue().splitlines()}
    assert states[image] == "missing"
    assert states["python:3.11-slim"] == "there"
    docker("pull", "--quiet", image)
    call_command("sandbox_images", "--list", stdout=io.StringIO())


def test_command_fails_where_an_image_stays_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    image = f"localhost:{free_port()}/{unique_name()}:1"
    use_image(monkeypatch, image)
    out = io.StringIO()
    with pytest.raises(CommandError, match=f"Not on this machine: {image}"):
        call_command("sandbox_images", stdout=out)
    assert f"{image} could not be fetched: its registry does not answer." in out.getvalue()
    assert "connection refused" in out.getvalue()
    assert "sandbox_images --build" in out.getvalue()


def test_command_builds_by_the_script(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """All that the script can build is there; it says so, and the rest stays missing."""
    image = f"localhost:{free_port()}/{unique_name()}:1"
    use_image(monkeypatch, image)
    with pytest.raises(CommandError, match=f"Not on this machine: {image}"):
        call_command("sandbox_images", "--build")
    assert "==> All language images are there" in capfd.readouterr().out


@pytest.mark.parametrize(("socket", "status"), [(SOCKET, 0), ("/nowhere/docker.sock", 1)])
def test_exit_status(socket: str, status: int) -> None:
    command = [sys.executable, str(project.BASE_DIR / "manage.py"), "sandbox_images", "--list"]
    env = {"DOCKER_HOST": f"unix://{socket}", "ENV_FILE": "/dev/null", "SECRET_KEY": "x"}
    result = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert result.returncode == status
    assert ("does not answer" in result.stderr) == bool(status)
