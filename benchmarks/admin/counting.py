"""How many queries pages need. To be run in the server's environment, before the server."""

import asyncio
import json
import logging
from pathlib import Path

from asgiref.sync import sync_to_async
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.admin.asking import headers
from benchmarks.admin.results import Cast, Page


def count(cast: str, pages: str, into: str) -> None:
    """Of each page in the file `pages`; writes a list of numbers."""
    # On one event loop, as in the server: what a page has begun on it another page may wait for.
    asyncio.run(sync_to_async(_count, thread_sensitive=False)(cast, pages, into))


def _count(cast: str, pages: str, into: str) -> None:
    logging.disable(logging.WARNING)
    viewers = Cast(**json.loads(Path(cast).read_text()))
    client, numbers = Client(SERVER_NAME="localhost"), []
    for fields in json.loads(Path(pages).read_text()):
        page = Page(**fields)
        # The first look may find out what is asked for only once.
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                client.get(page.path, headers=headers(page, viewers))
        numbers.append(len(queries))
    Path(into).write_text(json.dumps(numbers))
