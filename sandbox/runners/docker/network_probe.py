"""Whether the firewall's rules hold, found out from inside: for a server that may not read them.

A container on the bridge tries to reach the host, at a port where this process listens just then,
and an address that is nobody's, which takes the packet through the host. The rules refuse both, and
only a refusal counts: silence can be a network that leads nowhere today, and somewhere tomorrow.
"""

import asyncio
import secrets
from collections.abc import Mapping
from typing import Any

from sandbox.errors import SandboxError
from sandbox.languages import LANGUAGES
from sandbox.limits import MIB
from sandbox.runners.docker.engine import Engine
from sandbox.runners.docker.seccomp import SECCOMP

_NOBODY = "240.0.0.1"  # reserved, so that no one but our rule answers
_PORT_OF_NOBODY = 9
_TIMEOUT_S = 15.0
_HOST_REACHED, _FORWARDED = 10, 11

# For bash, or busybox's nc: one of them is in every image that has a network.
_SCRIPT = f"""
is_refused() {{
  if command -v bash >/dev/null
  then answer=$(timeout 2 bash -c 'exec 3<>/dev/tcp/$0/$1' "$1" "$2" 2>&1)
  else answer=$(timeout 2 nc "$1" "$2" 2>&1 </dev/null)
  fi
  case $answer in *refused*) ;; *) return 1 ;; esac
}}
is_refused "$1" "$2" || exit {_HOST_REACHED}
is_refused {_NOBODY} {_PORT_OF_NOBODY} || exit {_FORWARDED}
"""

_FINDINGS = {
    0: None,
    _HOST_REACHED: "a container reaches this machine's own ports",
    _FORWARDED: "a container reaches private networks",
}


async def problem(
    engine: Engine, network: str, gateway: str, labels: Mapping[str, str]
) -> str | None:
    """Why the rules do not hold, as a clause; None where they do. `gateway` is the host there."""
    image = await _image(engine)
    if image is None:
        return "it cannot be tried without an image of a language"
    try:
        server = await asyncio.start_server(_hang_up, gateway, 0)
    except OSError:
        return "the server does not run on the machine of the Docker engine"
    async with server:
        port = server.sockets[0].getsockname()[1]
        command = ["/bin/sh", "-c", _SCRIPT, "sh", gateway, str(port)]
        status = await _run(engine, _config(image, network, command, labels))
    return _FINDINGS.get(status, f"the container to try it ended with status {status}")


async def _image(engine: Engine) -> str | None:
    tags = await engine.images()
    users = [language for language in LANGUAGES.values() if language.network or language.install]
    return next((user.image for user in users if user.image in tags), None)


def _config(
    image: str, network: str, command: list[str], labels: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "Image": image,
        "Entrypoint": command,
        "Cmd": [],
        "User": "65534:65534",
        "Env": ["LC_ALL=C"],
        "Labels": dict(labels),
        "HostConfig": {
            "NetworkMode": network,
            "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges", f"seccomp={SECCOMP}"],
            "ReadonlyRootfs": True,
            "LogConfig": {"Type": "none"},
            "Memory": 64 * MIB,
            "PidsLimit": 16,
        },
    }


async def _run(engine: Engine, config: Mapping[str, Any]) -> int:
    """The container's exit code; nothing is left of it."""
    id = await engine.create(config, f"cloudrun-network-{secrets.token_hex(4)}")
    try:
        async with asyncio.timeout(_TIMEOUT_S):
            await engine.start(id)
            return await engine.wait(id)
    except TimeoutError as error:
        raise SandboxError("The container to try the network with did not end.") from error
    finally:
        await engine.delete(id)


async def _hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()
