"""A Docker engine of the tests' own, to be killed, stopped in its tracks, and filled up."""

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from conftest import require

_IMAGE = "python:3.11-slim"
_DISK = "2g"
_START_TIMEOUT_S = 30
_STOP_TIMEOUT_S = 30


class OwnEngine:
    """`dockerd` with one image, and its data on a small disk in memory.

    It lives in a network namespace of its own: in the machine's it would take the bridge and the
    rules of the engine there for its own. It starts its own containerd, which dies with it.
    """

    def __init__(self, folder: Path, options: Sequence[str] = ()) -> None:
        self.data = folder / "data"
        self._folder = folder
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"unix://{self._folder}/docker.sock"

    @property
    def descriptors(self) -> int:
        """How many files and sockets it has open."""
        assert self._process is not None
        return len(list(Path(f"/proc/{self._process.pid}/fd").iterdir()))

    def start(self) -> None:
        """Returns once it answers."""
        command = [
            *("unshare", "--net", "dockerd"),
            *("--host", self.address),
            *("--data-root", str(self.data)),
            *("--exec-root", str(self._folder / "exec")),
            *("--pidfile", str(self._folder / "docker.pid")),
            *self._options,
        ]
        with (self._folder / "docker.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self._answers():
            is_late = time.monotonic() > deadline or self._process.poll() is not None
            assert not is_late, (self._folder / "docker.log").read_text()[-2000:]
            time.sleep(0.1)

    def ensure(self) -> None:
        """Let it run as if nothing had happened; nothing is left of any container."""
        if self._process is None:
            self.start()
        self.resume()
        deadline = time.monotonic() + _STOP_TIMEOUT_S
        while containers := self.containers():
            assert time.monotonic() < deadline
            # It may be at removing some of them already, which it calls an error.
            with contextlib.suppress(subprocess.CalledProcessError):
                self.docker("rm", "--force", *containers)

    def kill(self) -> None:
        """SIGKILL, as a crash would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None
        # Its containerd follows it, but is a zombie where the machine's init does not reap: the
        # next engine would take that one for running.
        pid_file = self._folder / "exec/containerd/containerd.pid"
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(pid_file.read_text()), signal.SIGKILL)
        pid_file.unlink()

    def hang(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def shut_down(self) -> None:
        """SIGTERM, as for any service that is stopped: it ends its containers first."""
        assert self._process is not None
        self._process.terminate()
        self._process.wait(_STOP_TIMEOUT_S)
        self._process = None

    def stop(self) -> None:
        """For good. Nothing is left of it, whatever was done to it before."""
        try:
            self.ensure()
            self.shut_down()
        finally:
            for pid in self._processes():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def docker(self, *words: str) -> str:
        command = ["docker", "--host", self.address, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def containers(self, label: str = "cloudrun") -> list[str]:
        """The ids of those that carry the label, whatever their state."""
        return self.docker("ps", "-aq", "--no-trunc", "--filter", f"label={label}").split()

    def bring(self, image: str) -> None:
        """Copy an image from the machine's engine."""
        with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as save:
            load = ["docker", "--host", self.address, "load", "--quiet"]
            subprocess.run(load, check=True, capture_output=True, stdin=save.stdout)

    @contextmanager
    def full_disk(self) -> Iterator[None]:
        """Not one block is free where it keeps its data."""
        filler = self.data / "filler"
        try:
            with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
                while file.write(bytes(1024 * 1024)):
                    pass
            yield
        finally:
            filler.unlink()

    def _processes(self) -> list[int]:
        """What runs with this folder on its command line, and all children of that: containers."""
        found: list[int] = []
        for stat in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda file: int(file.parts[2])):
            with contextlib.suppress(OSError):
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
                words = stat.with_name("cmdline").read_bytes()
                if parent in found or bytes(self._folder) in words:
                    found.append(int(stat.parts[2]))
        return found

    def _answers(self) -> bool:
        command = ["docker", "--host", self.address, "version"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


@contextmanager
def own_engine(*options: str) -> Iterator[OwnEngine]:
    """A running one with the image of Python, until the block ends; `options` are dockerd's."""
    require("docker")
    # A socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="engine-") as name:
        engine = OwnEngine(Path(name), options)
        engine.data.mkdir()
        Path(name).chmod(0o711)  # a remapped root must get through
        mount = ["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", str(engine.data)]
        subprocess.run(mount, check=True)
        try:
            engine.start()
            engine.bring(_IMAGE)
            yield engine
            engine.ensure()
        finally:
            engine.stop()
            subprocess.run(["umount", "--recursive", str(engine.data)], check=True)
