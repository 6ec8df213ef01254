"""`manage.py sandbox_network`: the bridge and the firewall's rules for runs with a network."""

import asyncio
import os
from argparse import ArgumentParser
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sandbox.errors import SandboxError
from sandbox.runners.docker import firewall, network
from sandbox.runners.docker.engine import Engine
from sandbox.runners.docker.firewall import BRIDGE
from sandbox.runners.docker.network import NETWORK

_SCHEME = "unix://"


class Command(BaseCommand):
    help = (
        "Set up the network of the Ubuntu Shell and of package installation: a Docker bridge of"
        " their own, and firewall rules that let containers reach the internet and nothing nearer."
        " Run it as root, after each start of this machine; again does no harm."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        action = parser.add_mutually_exclusive_group()
        action.add_argument("--remove", action="store_true", help="take it all away again")
        action.add_argument("--check", action="store_true", help="only tell whether all stands")

    def handle(self, *args: Any, remove: bool, check: bool, **options: Any) -> None:
        if not check and os.geteuid() != 0:
            raise CommandError("Only root may change the firewall. Run this again with sudo.")
        action = self._remove if remove else self._check if check else self._set_up
        try:
            asyncio.run(self._with_engine(action))
        except SandboxError as error:
            raise CommandError(error.detail) from error

    async def _with_engine(self, action: Callable[[Engine], Awaitable[None]]) -> None:
        engine = Engine(settings.DOCKER_HOST.removeprefix(_SCHEME))
        try:
            await action(engine)
        finally:
            await engine.close()

    async def _set_up(self, engine: Engine) -> None:
        subnet, host = network.addresses(await self._bridge(engine))
        self.stdout.write(f"Network {NETWORK}: {BRIDGE}, {subnet}, where this machine is {host}.")
        servers = ", ".join(map(str, firewall.nameservers())) or "none but public ones"
        self.stdout.write(f"Name servers that its containers may ask: {servers}.")
        if await firewall.problem() is None:
            self.stdout.write("Firewall: all rules stand already.")
        else:
            self._write_rules(await firewall.put_up())
        await self._check(engine)

    async def _bridge(self, engine: Engine) -> Mapping[str, Any]:
        bridge = await network.find_bridge(engine)
        if bridge and not network.is_ours(bridge):
            self.stdout.write(f"Network {NETWORK}: it has other options, so it is made anew.")
            await network.remove_bridge(engine, bridge)
            bridge = None
        return bridge or await network.make_bridge(engine)

    async def _remove(self, engine: Engine) -> None:
        if bridge := await network.find_bridge(engine):
            await network.remove_bridge(engine, bridge)
            self.stdout.write(f"Network {NETWORK}: removed.")
        self._write_rules(await firewall.take_down())
        self.stdout.write("Nothing is left of it.")

    async def _check(self, engine: Engine) -> None:
        if problem := await network.network_problem(engine):
            raise CommandError(problem)
        self.stdout.write("All stands. The rules last until this machine starts anew.")

    def _write_rules(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(f"Firewall: {line}")
