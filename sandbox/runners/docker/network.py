"""The bridge for runs that may open connections: the Ubuntu Shell's, and package installation.

`manage.py sandbox_network` makes it, and the firewall's rules that belong to it (`firewall.py`).
That is for root, which the server is not: it only asks whether all of it stands, and gives a run
no network where it does not.
"""

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

from sandbox.errors import SandboxError
from sandbox.runners.docker import firewall, network_probe
from sandbox.runners.docker.engine import Engine
from sandbox.runners.docker.firewall import BRIDGE, UnreadableError

NETWORK = "cloudrun"

_TIMEOUT_S = 15.0

# The engine chooses a subnet that is free on the host.
_CONFIG: Mapping[str, Any] = {
    "Name": NETWORK,
    "CheckDuplicate": True,
    "Driver": "bridge",
    "EnableIPv6": False,
    "Options": {
        "com.docker.network.bridge.name": BRIDGE,
        "com.docker.network.bridge.enable_icc": "false",
    },
}


async def network_problem(engine: Engine, labels: Mapping[str, str] | None = None) -> str | None:
    """Why no container may use NETWORK, as a sentence that says what to do; None where it may.

    Takes a few milliseconds as root. Another user's server has to try it with a container, which
    carries `labels` and takes half a second.
    """
    try:
        problem = await _problem(engine, labels or {})
    except SandboxError as error:
        problem = f"it cannot be checked ({error.detail.rstrip('.')})"
    if problem is None:
        return None
    return f"Programs have no network here: {problem}. As root, run: manage.py sandbox_network"


async def find_bridge(engine: Engine) -> Mapping[str, Any] | None:
    """The engine's description of NETWORK; None where there is none."""
    async with engine.asking("list its networks", _TIMEOUT_S):
        networks = await engine._docker.networks.list(filters={"name": NETWORK})
    return next((network for network in networks if network["Name"] == NETWORK), None)


async def make_bridge(engine: Engine) -> Mapping[str, Any]:
    """The engine's description of it."""
    async with engine.asking(f"make the network {NETWORK}", _TIMEOUT_S):
        made = await engine._docker.networks.create(dict(_CONFIG))
        description: Mapping[str, Any] = await made.show()
    return description


async def remove_bridge(engine: Engine, bridge: Mapping[str, Any]) -> None:
    """`SandboxError` where a container still uses it."""
    async with engine.asking(f"remove the network {NETWORK}", _TIMEOUT_S):
        await (await engine._docker.networks.get(bridge["Id"])).delete()


def is_ours(bridge: Mapping[str, Any]) -> bool:
    """Whether it was made with the options that keep its containers apart."""
    options = _CONFIG["Options"].items() <= bridge["Options"].items()
    return bridge["Driver"] == "bridge" and not bridge["EnableIPv6"] and options


def addresses(bridge: Mapping[str, Any]) -> tuple[str, str]:
    """Its subnet, and the host's own address there."""
    subnet = bridge["IPAM"]["Config"][0]["Subnet"]
    return subnet, str(IPv4Network(subnet)[1])  # the engine takes the first


async def _problem(engine: Engine, labels: Mapping[str, str]) -> str | None:
    """As a clause."""
    bridge = await find_bridge(engine)
    if bridge is None:
        return f"the bridge {NETWORK} is not there"
    if not is_ours(bridge):
        return f"the bridge {NETWORK} was made with other options"
    try:
        return await firewall.problem()
    except UnreadableError:
        _, gateway = addresses(bridge)
        return await network_probe.problem(engine, NETWORK, gateway, labels)
