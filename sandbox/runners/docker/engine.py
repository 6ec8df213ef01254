"""The calls to the Docker engine that a run needs, each with a time limit and in our own errors."""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiodocker import Docker
from aiodocker.exceptions import DockerError

from sandbox.errors import SandboxError
from sandbox.runners.base import TerminalSize

logger = logging.getLogger(__name__)

_CREATE_TIMEOUT_S = 30.0  # an engine that starts a hundred containers at once is slow, not broken
_START_TIMEOUT_S = 30.0
_KILL_TIMEOUT_S = 8.0
_INSPECT_TIMEOUT_S = 8.0
_DELETE_TIMEOUT_S = 15.0
_PING_TIMEOUT_S = 2.0
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
    """Nobody listens at the engine's socket, or whoever did went away."""


class PullError(SandboxError):
    """The engine gave up on an image; `detail` is what it says, or a registry through it."""


class Engine:
    """The engine behind a unix socket. Make it inside the event loop that uses it."""

    def __init__(self, path: str) -> None:
        self._connector = aiohttp.UnixConnector(path, limit=_MAX_CONNECTIONS)
        self._docker = Docker(url="http://localhost", connector=self._connector)

    async def answers(self) -> bool:
        """Whether it is there and does not hang; an engine that is only busy says so at once."""
        with contextlib.suppress(SandboxError):
            async with (
                _asking("answer a ping", _PING_TIMEOUT_S),
                self._docker.session.get("http://localhost/_ping") as answer,
            ):
                return answer.ok
        return False

    async def image_ids(self) -> dict[str, str]:
        """The ids of all images on this machine, by tag (`name:tag`)."""
        async with _asking("list its images", _LIST_TIMEOUT_S):
            images = await self._docker.images.list()
        return {tag: image["Id"] for image in images for tag in image.get("RepoTags") or ()}

    async def pull(self, tag: str, note: Callable[[Mapping[str, Any]], None]) -> None:
        """Fetch an image from its registry, which may take minutes; `note` gets the engine's lines.

        Raises `PullError`. A stream that ends without one can be an engine that died.
        https://docs.docker.com/reference/api/engine/version/v1.41/#operation/ImageCreate
        """
        # Not by aiodocker: its stream stays open when we are cancelled, and the engine pulls on.
        pulling = self._docker.session.post(
            "http://localhost/images/create",
            params={"fromImage": tag},
            timeout=aiohttp.ClientTimeout(),
        )
        async with _asking(f"go on pulling {tag}", _PULL_STALL_S) as deadline, pulling as answer:
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
        async with _asking("describe itself", _LIST_TIMEOUT_S):
            info = await self._docker.system.info()
        return frozenset(info.get("Runtimes") or ())

    async def create(self, config: Mapping[str, Any], name: str) -> str:
        """Make a container; its id. `NotThereError` where its image is missing."""
        async with _asking("create a container", _CREATE_TIMEOUT_S):
            container = await self._docker.containers.create(dict(config), name=name)
        return container.id

    async def start(self, container: str) -> None:
        async with _asking("start a container", _START_TIMEOUT_S):
            await self._docker.containers.container(container).start()

    async def wait(self, container: str) -> int:
        """The exit code, once it has ended; it takes as long as the program does."""
        async with _asking("wait for a container", None):
            result = await self._docker.containers.container(container).wait()
        return int(result["StatusCode"])

    async def kill(self, container: str) -> None:
        """SIGKILL; returns once it is dead. No error where it is so already."""
        async with _asking("kill a container", _KILL_TIMEOUT_S, _NOT_FOUND, _CONFLICT):
            await self._docker.containers.container(container).kill(signal="SIGKILL")

    async def oom_killed(self, container: str) -> bool:
        """Whether the kernel killed any process in it for memory."""
        async with _asking("inspect a container", _INSPECT_TIMEOUT_S):
            description = await self._docker.containers.container(container).show()
        return bool(description["State"]["OOMKilled"])

    async def pid(self, container: str) -> int:
        """Of its first process, on this machine; 0 where it has none."""
        async with _asking("inspect a container", _INSPECT_TIMEOUT_S):
            description = await self._docker.containers.container(container).show()
        return int(description["State"]["Pid"])

    async def written_bytes(self, container: str) -> int:
        """What is in its own layer, over the image."""
        async with _asking("measure a container", _INSPECT_TIMEOUT_S):
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
        async with _asking("remove a container", _DELETE_TIMEOUT_S, _NOT_FOUND, _CONFLICT):
            await self._docker.containers.container(container).delete(force=True, v=True)

    async def labelled(self, label: str) -> list[str]:
        """The ids of all containers with a label (`key=value`), whatever their state."""
        filters = json.dumps({"label": [label]})
        async with _asking("list its containers", _LIST_TIMEOUT_S):
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
            async with _asking("remove a volume", _DELETE_TIMEOUT_S):
                url = f"http://localhost/volumes/{name}"
                async with self._docker.session.delete(url) as answer:
                    if answer.status == _CONFLICT:
                        return False
                    await _check(answer)
        return True

    async def _get_json(self, path: str, what: str, params: Mapping[str, str]) -> Any:
        url = f"http://localhost/{path}"
        async with (
            _asking(what, _LIST_TIMEOUT_S),
            self._docker.session.get(url, params=params) as answer,
        ):
            await _check(answer)
            return json.loads(await answer.read())

    async def _post(
        self, path: str, what: str, body: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        """What aiodocker has no method for."""
        async with (
            _asking(what, _INSPECT_TIMEOUT_S),
            self._docker.session.post(
                f"http://localhost/{path}", data=body, headers=headers
            ) as answer,
        ):
            await _check(answer)

    async def close(self) -> None:
        await self._docker.close()
        await self._connector.close()


async def _check(answer: aiohttp.ClientResponse) -> None:
    if not answer.ok:
        raise DockerError(answer.status, _message(await answer.text()))


def _message(body: str) -> str:
    """What the engine says in an answer that is an error."""
    try:
        return str(json.loads(body)["message"])
    except (ValueError, LookupError, TypeError):
        return body


@asynccontextmanager
async def _asking(
    what: str, timeout_s: float | None, *fine: int
) -> AsyncGenerator[asyncio.Timeout, None]:
    """Translate the failures of one call; an answer with a status in `fine` is none.

    What the engine says is for the log: it names folders and addresses of this machine. Yields the
    call's deadline, for one that may take longer while it goes on.
    """
    try:
        async with asyncio.timeout(timeout_s) as deadline:
            yield deadline
    except TimeoutError as error:
        message = f"The Docker engine did not {what} within {timeout_s:g} seconds."
        raise SandboxError(message) from error
    except DockerError as error:
        if error.status in fine:
            return
        if error.status == _UNREACHABLE:
            message = f"The Docker engine does not answer, so it cannot {what}."
            raise UnreachableError(message) from error
        logger.warning("the Docker engine could not %s: %s", what, error.message)
        kind = NotThereError if error.status == _NOT_FOUND else SandboxError
        raise kind(f"The Docker engine could not {what}.") from error
    except (aiohttp.ClientError, OSError) as error:
        raise SandboxError(f"The Docker engine went away and did not {what}.") from error
