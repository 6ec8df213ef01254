"""Run as a program: starts what it is told as plain processes on another root, and times them.

The root is an unpacked image, so that "bare" means the interpreter that the sandbox executes, or
this machine's own. It is entered once: each process costs what it costs on any machine. To be
started in a mount namespace of its own (`unshare --mount`), which takes the mounts along.

    python -m benchmarks.bare ROOT
    > {"argv": ["python", "-u", "main.py"], "files": {"main.py": "…"}, "environment": {…}}
    < {"first_output_s": 0.01, "done_s": 0.02, "stdout": "…", "exit_code": 0}
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.process import timed

WORKSPACE = Path("/tmp/workspace")


def enter(root: Path) -> None:
    """Make `root` ours, with fresh folders to write to, as a container has."""
    for folder in ("proc", "dev"):
        _mount("--rbind", f"/{folder}", str(root / folder))
    _mount("-t", "tmpfs", "tmpfs", str(root / "tmp"))
    os.chroot(root)
    WORKSPACE.mkdir()
    os.chdir(WORKSPACE)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    for name, content in request["files"].items():
        Path(name).write_text(content)
    return asdict(timed(request["argv"], environment=request["environment"]))


def _mount(*options: str) -> None:
    subprocess.run(["mount", *options], check=True)


if __name__ == "__main__":
    enter(Path(sys.argv[1]))
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
