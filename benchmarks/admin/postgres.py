"""A database of our own, and a server for it where none is named."""

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from shutil import chown
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

from e2e.server import free_port

_START_TIMEOUT_S = 30.0
_USER = "postgres"


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """The address of a new one, which is gone when the block ends.

    On the server that DATABASE_URL names, else on one in `folder`, as its package sets it up.
    """
    url = os.environ.pop("DATABASE_URL", "")  # nothing else is to use that database
    with nullcontext(url) if url else _server(folder) as server_url:
        name = f"cloudrun_benchmark_{secrets.token_hex(4)}"
        _execute(server_url, "CREATE DATABASE {}", name)
        try:
            yield urlsplit(server_url)._replace(path=f"/{name}").geturl()
        finally:
            _execute(server_url, "DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if not found:
        raise SystemExit("Set DATABASE_URL, or install the package postgresql.")
    binaries, data, port = found[-1].parent, folder / "postgres", free_port()
    data.mkdir()
    become = []
    if os.geteuid() == 0:  # as whom it refuses to run
        become = ["setpriv", f"--reuid={_USER}", f"--regid={_USER}", "--init-groups"]
        folder.chmod(0o755)
        chown(data, _USER, _USER)
    initdb = [*become, str(binaries / "initdb"), f"--username={_USER}", "--auth=trust"]
    initdb += ["--no-sync", "--encoding=UTF8", f"--pgdata={data}"]
    subprocess.run(initdb, cwd="/", stdout=subprocess.DEVNULL, check=True)
    serve = [*become, str(binaries / "postgres"), "-D", str(data), "-k", str(data)]
    serve += ["-c", "listen_addresses=127.0.0.1", "-c", f"port={port}", "-c", "max_wal_size=4GB"]
    with (
        (folder / "postgres.log").open("w") as log,
        subprocess.Popen(serve, cwd="/", stdout=log, stderr=log) as process,
    ):
        try:
            _wait_until_ready(binaries / "pg_isready", port)
            yield f"postgres://{_USER}@127.0.0.1:{port}/postgres"
        finally:
            process.terminate()


def _execute(url: str, statement: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SQL(statement).format(Identifier(name)))


def _wait_until_ready(pg_isready: Path, port: int) -> None:
    command = [str(pg_isready), "--quiet", "--host=127.0.0.1", f"--port={port}"]
    deadline = time.monotonic() + _START_TIMEOUT_S
    while subprocess.run(command, check=False).returncode:
        if time.monotonic() > deadline:
            raise RuntimeError("PostgreSQL did not start.")
        time.sleep(0.1)
