"""The page, built where it is missing, and served as ours is: same server, same compression."""

import html
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from whitenoise.compress import Compressor

from benchmarks.page.subjects import Monaco
from e2e.server import ROOT, free_port

_SOURCES = Path(__file__).parent
_NODE = ROOT / "deploy" / "with-node"
_START_TIMEOUT_S = 20


@contextmanager
def served(folder: Path, codes: Sequence[str]) -> Iterator[Monaco]:
    """Until the block ends, a page for each of `codes`; `folder` keeps the packages."""
    _build(folder, codes)
    port = free_port()
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "daphne",
            "-p",
            str(port),
            "benchmarks.page.monaco.asgi:application",
        ],
        cwd=ROOT,
        env=os.environ | {"SITE_FOLDER": str(folder / "site")},
        stderr=subprocess.DEVNULL,
    )
    monaco = Monaco(f"http://localhost:{port}", codes)
    try:
        _wait_for(monaco.page_with(codes[0]))
        yield monaco
    finally:
        server.terminate()
        server.wait()


def _build(folder: Path, codes: Sequence[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_SOURCES / name, folder)
    shutil.rmtree(folder / "site", ignore_errors=True)
    install = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([_NODE, *install], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([_NODE, "node", _SOURCES / "build.mjs", folder], cwd=ROOT, check=True)
    page = (_SOURCES / "page.html").read_text()
    for number, code in enumerate(codes):
        filled = page.replace("<!-- code -->", html.escape(code))
        (folder / "site" / f"{number}.html").write_text(filled)
    compressor = Compressor(quiet=True)
    for path in list((folder / "site").rglob("*.*")):
        compressor.compress(str(path))


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            urllib.request.urlopen(url).close()
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
