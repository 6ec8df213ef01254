"""What all tests share: components that a machine may lack, no skip that nobody sees, and passwords
that are hashed fast.

A test that needs a component carries its marker (`docker`, `bubblewrap`) or calls `require`. Where
it is missing the test is skipped with the reason, and the run lists it; under `CI` every skip fails
the run.
"""

import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from pytest_django import Settings

IS_CI = os.environ.get("CI", "").lower() in {"1", "true"}
_PROBE_TIMEOUT_S = 10


def _engine_answers() -> bool:
    return _succeeds("docker", "version", "--format", "{{.Server.Version}}")


def _bwrap_works() -> bool:
    return _succeeds("bwrap", "--unshare-all", "--ro-bind", "/", "/", "true")


def _succeeds(*command: str) -> bool:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_PROBE_TIMEOUT_S)
    except (OSError, subprocess.SubprocessError):
        return False
    return True


_COMPONENTS: dict[str, tuple[Callable[[], bool], str]] = {
    "docker": (_engine_answers, "no Docker engine answers here"),
    "bubblewrap": (_bwrap_works, "bwrap is not installed or does not work here"),
}


@cache
def _is_there(component: str) -> bool:
    probe, _ = _COMPONENTS[component]
    return probe()


def require(component: str) -> None:
    """Skip the test where `component` (docker, bubblewrap, or any command's name) is missing."""
    if component in _COMPONENTS:
        if not _is_there(component):
            pytest.skip(_COMPONENTS[component][1])
    elif shutil.which(component) is None:
        pytest.skip(f"{component} is not installed here")


@pytest.fixture(autouse=True)
def _fast_hasher(request: pytest.FixtureRequest, settings: Settings) -> None:
    """A password costs nothing, but in tests marked `real_hasher`."""
    if not request.node.get_closest_marker("real_hasher"):
        fast = "django.contrib.auth.hashers.MD5PasswordHasher"
        settings.PASSWORD_HASHERS = [fast, *settings.PASSWORD_HASHERS]


def pytest_runtest_setup(item: pytest.Item) -> None:
    for component in _COMPONENTS:
        if item.get_closest_marker(component):
            require(component)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if IS_CI and exitstatus == pytest.ExitCode.OK and _skipped(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if IS_CI and _skipped(config):
        terminalreporter.write_line("Something was skipped, and CI must have it all.", red=True)


def _skipped(config: pytest.Config) -> list[Any]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return reporter.stats.get("skipped", []) if reporter else []
