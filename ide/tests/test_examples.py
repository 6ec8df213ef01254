"""Every example, tried for real on both runners, with its packages."""

from collections.abc import Iterator
from typing import Any

import pytest

from conftest import require
from e2e.server import Server, started
from ide.examples import EXAMPLES, Example
from ide.paths import check_paths
from sandbox.tests.client import Frame, converse, text


@pytest.fixture(scope="module", params=["docker", "bubblewrap"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """One where guests have a network, for the packages."""
    require(request.param)
    if request.param == "docker":
        request.getfixturevalue("bridge")
    settings = {"GUEST_NETWORK": "true"}
    with started(request.param, tmp_path_factory.mktemp("examples"), settings) as server:
        yield server


def run_request(example: Example, **more: Any) -> Frame:
    others = {path: text for path, text in example.files.items() if path != example.entry}
    return {
        "language": example.language,
        "code": example.files[example.entry],
        "stdin": example.stdin,
        "files": [{"name": path, "content": text} for path, text in others.items()],
        **more,
    }


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
async def test_example_runs_and_prints_what_it_says(server: Server, example: Example) -> None:
    if not server.languages[example.language]["available"]:
        pytest.skip(server.languages[example.language]["reason"])
    packages = {"install_packages": list(example.packages)} if example.packages else {}
    frames = await converse(server.url, run_request(example, **packages))
    last = frames[-1]
    assert (last["type"], last.get("status")) == ("complete", "completed"), frames[-3:]
    assert text(frames, "stderr") == ""
    pages = [frame["content"] for frame in frames if frame["type"] == "html_preview"]
    assert example.output in text(frames) + "".join(pages)


def test_examples_are_a_dozen_and_of_every_language() -> None:
    assert len(EXAMPLES) >= 12
    languages = {example.language for example in EXAMPLES.values()}
    assert languages == {"python", "nodejs", "java", "cpp", "html", "ubuntu"}


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_example_can_be_a_workspace(example: Example) -> None:
    assert example.entry in example.files
    check_paths(example.files)
