"""The bridge and its firewall rules, tried from inside real containers on it."""

import contextlib
import json
import os
import socket
import subprocess
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from pip._internal.models.index import PyPI

from sandbox.runners.docker import firewall
from sandbox.runners.docker.engine import Engine
from sandbox.runners.docker.network import NETWORK, network_problem

pytestmark = [
    pytest.mark.docker,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may set up the bridge"),
]

IMAGE = "python:3.11-slim"
REFUSED, REACHED, NO_ANSWER = "refused", "reached", "no answer"
TIMEOUT_S = 60

# Tells of each address and port in its arguments whether a connection is made.
CONNECT = """
import socket, sys
for target in sys.argv[1:]:
    address, port = target.rsplit(":", 1)
    try:
        socket.create_connection((address, int(port)), timeout=3).close()
    except ConnectionRefusedError:
        print("refused")
    except OSError:
        print("no answer")
    else:
        print("reached")
"""


@pytest.fixture(scope="module", autouse=True)
def bridge() -> Iterator[None]:
    """The bridge and its rules. Only what was not there before is taken away again."""
    was_there = NETWORK in docker("network", "ls", "--format", "{{.Name}}").split()
    call_command("sandbox_network")
    yield
    if not was_there:
        call_command("sandbox_network", "--remove")


@pytest.fixture
async def engine() -> "Iterator[Engine]":
    engine = Engine("/var/run/docker.sock")
    yield engine
    await engine.close()
