"""A container that waits for what it shall run."""

import asyncio
import secrets
from dataclasses import dataclass

from sandbox.errors import SandboxError
from sandbox.runners.base import Job
from sandbox.runners.docker.attachment import Attachment
from sandbox.runners.docker.loader import payload
from sandbox.runners.docker.options import Recipe
from sandbox.runners.docker.sandbox import DockerSandbox, Host

_PAYLOAD_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Container:
    """Created, attached and started: its loader blocks on stdin. It is launched once.

    `launch` or `remove` it; the sandbox that `launch` gives takes it over.
    """

    recipe: Recipe
    host: Host
    attachment: Attachment

    @property
    def is_alive(self) -> bool:
        return not self.attachment.is_closed

    async def launch(self, job: Job) -> DockerSandbox:
        """Send what to run. On failure the container is removed."""
        nonce = secrets.token_hex(16)
        sandbox = DockerSandbox(
            self.host, self.attachment, nonce, job.limits, terminal=self.recipe.terminal
        )
        try:
            async with asyncio.timeout(_PAYLOAD_TIMEOUT_S):
                content = payload(job.files, job.program, nonce, job.terminal)
                await self.attachment.write(content)
        except TimeoutError as error:
            await sandbox.remove()
            raise SandboxError("The container did not take the program.") from error
        except BaseException:
            await sandbox.remove()
            raise
        return sandbox

    async def remove(self) -> None:
        self.attachment.close()
        await self.host.removals.remove(self.host.container)
