"""What a runner has left on the machine."""

import os
import subprocess
import time
from pathlib import Path


def leftovers(instance: str, timeout_s: float = 0.0) -> str:
    """Ids of containers and folders of cgroups of that instance; empty once nothing is left.

    Waits so long for it: containers are removed in the background.
    """
    deadline = time.monotonic() + timeout_s
    while (found := _found(instance)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


def _found(instance: str) -> str:
    # `os.walk` and not a glob: others' cgroups go while we look.
    cgroups = [
        str(Path(folder, name))
        for folder, names, _ in os.walk("/sys/fs/cgroup")
        if folder.endswith(f"/cloudrun-{instance}")
        for name in names
    ]
    command = ["docker", "ps", "-aq", "--filter", f"label=cloudrun={instance}"]
    containers = ""
    if Path("/var/run/docker.sock").exists():
        containers = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return containers + " ".join(cgroups)
