"""The calls to the Docker engine that a run needs, each with a time limit and in our own errors."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiodocker import Docker
from aiodocker.exceptions import DockerError

from sandbox.errors import SandboxError
from sandbox.runners.base import TerminalSize

_CREATE_TIMEOUT_S = 30.0  # an engine that starts a hundred containers at once is slow, not broken
_START_TIMEOUT_S = 30.0
_KILL_TIMEOUT_S = 8.0
_INSPECT_TIMEOUT_S = 8.0
_DELETE_TIMEOUT_S = 15.0
_PULL_TIMEOUT_S = 1800.0
_LIST_TIMEOUT_S = 15.0

_NOT_FOUND = 404
_CONFLICT = 409  # it is not running, or is being removed by somebody else already


class NotThereError(SandboxError):
    """The image or the container is not known to the engine."""


class Engine:
    """The engine behind a unix socket. Make it inside the event loop that uses it."""

    def __init__(self, path: str) -> None:
        # Each run holds a connection for its whole life (`wait`): no cap on them.
        self._connector = aiohttp.UnixConnector(path, limit=0)
        self._docker = Docker(url="http://localhost", connector=self._connector)

    async def image_tags(self) -> frozenset[str]:
        """The tags (`name:tag`) of all images on this machine."""
        async with _asking("list its images", _LIST_TIMEOUT_S):
            images = await self._docker.images.list()
        return frozenset(tag for image in images for tag in image.get("RepoTags") or ())

    async def pull(self, tag: str) -> None:
        """Fetch an image from its registry, which may take minutes."""
        async with _asking(f"pull {tag}", _PULL_TIMEOUT_S):
            await self._docker.images.pull(tag)

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
            if not answer.ok:
                raise DockerError(answer.status, await answer.text())

    async def close(self) -> None:
        await self._docker.close()
        await self._connector.close()


@asynccontextmanager
async def _asking(what: str, timeout_s: float | None, *fine: int) -> AsyncGenerator[None, None]:
    """Translate the failures of one call; an answer with a status in `fine` is none."""
    try:
        async with asyncio.timeout(timeout_s):
            yield
    except TimeoutError as error:
        message = f"The Docker engine did not {what} within {timeout_s:g} seconds."
        raise SandboxError(message) from error
    except DockerError as error:
        if error.status in fine:
            return
        kind = NotThereError if error.status == _NOT_FOUND else SandboxError
        raise kind(f"The Docker engine could not {what}: {error.message}") from error
    except (aiohttp.ClientError, OSError) as error:
        raise SandboxError(f"The Docker engine went away and did not {what}.") from error
