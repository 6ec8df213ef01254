"""The calls to the Docker engine that a run needs, each with a time limit and in our own errors."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from weakref import WeakSet

import aiohttp
from aiodocker import Docker
from aiodocker.exceptions import DockerError

from sandbox.errors import SandboxError
from sandbox.runners.base import TerminalSize
from sandbox.runners.docker.attachment import Attachment

logger = logging.getLogger(__name__)

_CREATE_TIMEOUT_S = 30.0  # an engine that starts a hundred containers at once is slow, not broken
_START_TIMEOUT_S = 30.0
_KILL_TIMEOUT_S = 8.0
_INSPECT_TIMEOUT_S = 8.0
_DELETE_TIMEOUT_S = 15.0
_PING_TIMEOUT_S = 2.0
_ATTACH_TIMEOUT_S = 10.0
_PULL_STALL_S = 120.0  # without a line; it is silent while it puts a large layer to disk
_LIST_TIMEOUT_S = 15.0

# At once; a call that waits for one waits within its own time limit.
_MAX_CONNECTIONS = 256

_NOT_FOUND = 404
_UNREACHABLE = 900  # aiodocker's own
_CONFLICT = 409  # it is not running, or is being removed by somebody else already


class NotThereError(SandboxError):
    """The image or the container is not known to the engine."""


class UnreachableError(SandboxError):
    """Nobody listens at the engine's socket, whoever did went away, or it was given up."""


class PullError(SandboxError):
    """The engine gave up on an image; `detail` is what it says, or a registry through it."""


@dataclass(frozen=True)
class ImageFacts:
    """An image on this machine: its id, its size there in bytes, and when it was made (Unix)."""

    id: str
    size: int
    made_at: float


class Engine:
    """The engine behind a unix socket. Make it inside the event loop that uses it.

    Once it was given up nothing waits for it: what is under way is ended, what comes is refused.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self.called = ""  # its name and version, once it has answered
        self._connector = aiohttp.UnixConnector(path, limit=_MAX_CONNECTIONS)
        self._docker = Docker(url="http://localhost", connector=self._connector)
        self._deadlines: set[asyncio.Timeout] = set()  # of the calls under way
        self._attachments: WeakSet[Attachment] = WeakSet()
        self._trusted = asyncio.Event()
        self._trusted.set()

    async def answers(self) -> bool:
        """Whether it is there and does not hang; an engine that is only busy says so at once.

        One that is being stopped goes on answering at connections that it has, so this makes one.
        """
        connector = aiohttp.UnixConnector(self._path, force_close=True)
        try:
            async with (
                asyncio.timeout(_PING_TIMEOUT_S),
                aiohttp.ClientSession(connector=connector) as session,
                session.get("http://localhost/_ping") as answer,
            ):
                # `Docker/27.3.1 (linux)`
                self.called = answer.headers.get("Server", "").partition(" ")[0].replace("/", " ")
                return answer.ok
        except (aiohttp.ClientError, OSError):  # a timeout is an OSError too
            return False

    @property
    def is_given_up(self) -> bool:
        return not self._trusted.is_set()

    def give_up(self) -> None:
        """It hangs, or is gone: `UnreachableError` for every call, and the end of every stream."""
        self._trusted.clear()
        now = asyncio.get_running_loop().time()
        for deadline in self._deadlines:
            if not deadline.expired():
                deadline.reschedule(now)
        for attachment in self._attachments:
            attachment.close()

    def trust(self) -> None:
        """It answers (again)."""
        self._trusted.set()

    async def trusted(self) -> None:
        """Returns while it is not given up."""
        await self._trusted.wait()

    async def images(self) -> dict[str, ImageFacts]:
        """All images on this machine, by tag (`name:tag`)."""
        async with self.asking("list its images", _LIST_TIMEOUT_S):
            images = await self._docker.images.list()
        return {
            tag: ImageFacts(image["Id"], image["Size"], image["Created"])
            for image in images
            for tag in image.get("RepoTags") or ()
        }

    async def pull(self, tag: str, note: Callable[[Mapping[str, Any]], None]) -> None:
        """Fetch an image from its registry, which may take minutes; `note` gets the engine's lines.

        Raises `PullError`. A stream that ends without one can be an engine that died.
        https://docs.docker.com/reference/api/engine/version/v1.41/#operation/ImageCreate
        """
        # Not by aiodocker: its stream stays open when we are cancelled, and the engine pulls on.
        url = "http://localhost/images/create"
        async with (
            self.asking(f"go on pulling {tag}", _PULL_STALL_S) as deadline,
            self._docker.session.post(url, params={"fromImage": tag}) as answer,
        ):
            if not answer.ok:
                raise PullError(_message(await answer.text()))
            loop = asyncio.get_running_loop()
            async for line in answer.content:
                deadline.reschedule(loop.time() + _PULL_STALL_S)
                progress = json.loads(line)
                if "error" in progress:
                    raise PullError(progress["error"])
                note(progress)

    async def runtimes(self) -> frozenset[str]:
        async with self.asking("describe itself", _LIST_TIMEOUT_S):
            info = await self._docker.system.info()
        return frozenset(info.get("Runtimes") or ())

    async def create(self, config: Mapping[str, Any], name: str) -> str:
        """Make a container; its id. `NotThereError` where its image is missing."""
        async with self.asking("create a container", _CREATE_TIMEOUT_S):
            container = await self._docker.containers.create(dict(config), name=name)
        return container.id

    async def start(self, container: str) -> None:
        async with self.asking("start a container", _START_TIMEOUT_S):
            await self._docker.containers.container(container).start()

    async def attach(self, container: str, *, terminal: bool) -> Attachment:
        """Its standard streams; before it is started, so that no output is missed."""
        async with self.asking("attach to a container", _ATTACH_TIMEOUT_S):
            attachment = await Attachment.open(self._path, container, terminal=terminal)
        self._attachments.add(attachment)
        return attachment

    async def wait(self, container: str) -> int:
        """The exit code, once it has ended; it takes as long as the program does."""
        async with self.asking("wait for a container", None):
            result = await self._docker.containers.container(container).wait()
        return int(result["StatusCode"])

    async def kill(self, container: str) -> None:
        """SIGKILL; returns once it is dead. No error where it is so already."""
        async with self.asking("kill a container", _KILL_TIMEOUT_S, _NOT_FOUND, _CONFLICT):
            await self._docker.containers.container(container).kill(signal="SIGKILL")

    async def oom_killed(self, container: str) -> bool:
        """Whether the kernel killed any process in it for memory."""
        async with self.asking("inspect a container", _INSPECT_TIMEOUT_S):
            description = await self._docker.containers.container(container).show()
        return bool(description["State"]["OOMKilled"])

    async def pid(self, container: str) -> int:
        """Of its first process, on this machine; 0 where it has none."""
        async with self.asking("inspect a container", _INSPECT_TIMEOUT_S):
            description = await self._docker.containers.container(container).show()
        return int(description["State"]["Pid"])

    async def written_bytes(self, container: str) -> int:
        """What is in its own layer, over the image."""
        async with self.asking("measure a container", _INSPECT_TIMEOUT_S):
            description = await self._docker.containers.container(container).show(size=1)
        return int(description.get("SizeRw") or 0)

    async def limit_cpu(self, container: str, quota_us: int) -> None:
        body = json.dumps({"CpuQuota": quota_us})
        headers = {"Content-Type": "application/json"}
        await self._post(f"containers/{container}/update", "limit a container", body, headers)

    async def resize(self, container: str, size: TerminalSize) -> None:
        path = f"containers/{container}/resize?h={size.rows}&w={size.cols}"
        await self._post(path, "resize a terminal")

    async def delete(self, container: str) -> None:
        """Kill and remove a container, by id or name. No error where it is gone already."""
        async with self.asking("remove a container", _DELETE_TIMEOUT_S, _NOT_FOUND, _CONFLICT):
            await self._docker.containers.container(container).delete(force=True, v=True)

    async def labelled(self, label: str) -> list[str]:
        """The ids of all containers with a label (`key=value`), whatever their state."""
        filters = json.dumps({"label": [label]})
        async with self.asking("list its containers", _LIST_TIMEOUT_S):
            containers = await self._docker.containers.list(all="true", filters=filters)
        return [container.id for container in containers]

    async def volumes(self, label: str) -> frozenset[str]:
        """The names of all volumes with a label (`key=value`)."""
        filters = json.dumps({"label": [label]})
        answer = await self._get_json("volumes", "list its volumes", {"filters": filters})
        return frozenset(volume["Name"] for volume in answer["Volumes"] or ())

    async def volume_sizes(self, label: str) -> dict[str, int]:
        """Bytes of all volumes with a label, by name; it walks their files."""
        key, _, value = label.partition("=")
        answer = await self._get_json("system/df", "measure its volumes", {})
        return {
            volume["Name"]: volume["UsageData"]["Size"]
            for volume in answer["Volumes"] or ()
            if (volume["Labels"] or {}).get(key) == value
        }

    async def delete_volume(self, name: str) -> bool:
        """False where a container uses it. No error where it is gone already."""
        with contextlib.suppress(NotThereError):
            async with self.asking("remove a volume", _DELETE_TIMEOUT_S):
                url = f"http://localhost/volumes/{name}"
                async with self._docker.session.delete(url) as answer:
                    if answer.status == _CONFLICT:
                        return False
                    await _check(answer)
        return True

    async def _get_json(self, path: str, what: str, params: Mapping[str, str]) -> Any:
        url = f"http://localhost/{path}"
        async with (
            self.asking(what, _LIST_TIMEOUT_S),
            self._docker.session.get(url, params=params) as answer,
        ):
            await _check(answer)
            return json.loads(await answer.read())

    async def _post(
        self, path: str, what: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        """What aiodocker has no method for."""
        async with (
            self.asking(what, _INSPECT_TIMEOUT_S),
            self._docker.session.post(
                f"http://localhost/{path}", data=body, headers=headers
            ) as answer,
        ):
            await _check(answer)

    @asynccontextmanager
    async def asking(
        self, what: str, timeout_s: float | None, *fine: int
    ) -> AsyncGenerator[asyncio.Timeout, None]:
        """Around one call: translates its failures; an answer with a status in `fine` is none.

        What the engine says is for the log: it names folders and addresses of this machine. Yields
        the call's deadline, for one that may take longer while it goes on.
        """
        if self.is_given_up:
            raise _unreachable(what)
        deadline = asyncio.timeout(timeout_s)
        try:
            async with deadline:
                self._deadlines.add(deadline)
                yield deadline
        except TimeoutError as error:
            if self.is_given_up:
                raise _unreachable(what) from error
            message = f"The Docker engine did not {what} within {timeout_s:g} seconds."
            raise SandboxError(message) from error
        except DockerError as error:
            if error.status in fine:
                return
            if error.status == _UNREACHABLE:
                raise _unreachable(what) from error
            logger.warning("the Docker engine could not %s: %s", what, error.message)
            kind = NotThereError if error.status == _NOT_FOUND else SandboxError
            raise kind(f"The Docker engine could not {what}.") from error
        except (aiohttp.ClientError, OSError, EOFError) as error:
            raise SandboxError(f"The Docker engine went away and did not {what}.") from error
        finally:
            self._deadlines.discard(deadline)

    async def close(self) -> None:
        await self._docker.close()
        await self._connector.close()


def _unreachable(what: str) -> UnreachableError:
    return UnreachableError(f"The Docker engine does not answer, so it cannot {what}.")


async def _check(answer: aiohttp.ClientResponse) -> None:
    if not answer.ok:
        raise DockerError(answer.status, _message(await answer.text()))


def _message(body: str) -> str:
    """What the engine says in an answer that is an error."""
    try:
        return str(json.loads(body)["message"])
    except (ValueError, LookupError, TypeError):
        return body
