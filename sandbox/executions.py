"""Runs that are asked for by a call with one answer: begun once, waited for, told as a result."""

import asyncio
from collections.abc import Sequence

from channels.db import database_sync_to_async
from django.conf import settings

from cloudrun.errors import ApplicationError, ConflictError
from sandbox.errors import NoSandboxError, RunNotFoundError
from sandbox.idempotency import key_release, key_take
from sandbox.live import LiveRun
from sandbox.models import new_run_id
from sandbox.requests import Owner, RunRequest
from sandbox.results import Result, result_of
from sandbox.selectors import run_get, run_result
from sandbox.services import service

# From a key to its run's row: the time that another call needs to start a run.
_ACCEPT_TIMEOUT_S = 5.0
_LOOK_INTERVAL_S = 0.05


async def execution_begin(
    request: RunRequest, owner: Owner, *, key: str | None = None, stays: bool = False
) -> str:
    """The id of the run, which is stored; with a `key` of an earlier call, of that one's.

    A run with a key or a callback goes on when its caller is gone, as one that `stays` does.
    Raises what `RunService.start` and `key_take` raise, and `ConflictError` where the earlier call
    with that key never came to start its run.
    """
    run_id = new_run_id()
    if key is None:
        stays = stays or bool(request.callback_url)
        begun = await service().start(request, owner, run_id=run_id, stays=stays)
        if stays:  # whoever comes back for it must find it, after a restart too
            await begun.settle()
        return run_id
    live: LiveRun | None = None
    try:
        take = database_sync_to_async(key_take)
        first_id = await take(owner=owner, key=key, request=request, run_id=run_id)
        if first_id == run_id:
            live = await service().start(request, owner, run_id=run_id, stays=True)
    except BaseException:  # its caller may be gone, too
        await _release(run_id)
        raise
    if live:
        await live.settle()
    else:
        await _wait_until_stored(first_id, owner)
    return first_id


async def execution_result(run_id: str, owner: Owner) -> Result:
    """How the run ended, once it has. `NoSandboxError` where it could not even begin."""
    try:
        live = service().get(run_id, owner)
    except RunNotFoundError:
        result = await database_sync_to_async(run_result)(run_id, owner)
    else:
        live.attach()
        try:
            async for _ in live.log.follow(len(live.log)):
                pass
        finally:
            live.detach(settings.DISCONNECT_GRACE)
        result = result_of(run_id, live.log)
    if result is None:
        raise ConflictError("Another server runs it, and it has not ended. Ask for it by its id.")
    if result.code == NoSandboxError.code:
        await _release(run_id)  # so that trying again helps
        raise NoSandboxError(result.message, retry_after=result.retry_after)
    return result


async def execution_batch(
    requests: Sequence[RunRequest], owner: Owner
) -> list[Result | ApplicationError]:
    """Run all, and wait for all: for each how it ended, or why it was refused."""
    return await asyncio.gather(*(_begin_and_wait(request, owner) for request in requests))


async def _begin_and_wait(request: RunRequest, owner: Owner) -> Result | ApplicationError:
    try:
        return await execution_result(await execution_begin(request, owner), owner)
    except ApplicationError as error:
        return error


async def _wait_until_stored(run_id: str, owner: Owner) -> None:
    deadline = asyncio.get_running_loop().time() + _ACCEPT_TIMEOUT_S
    while asyncio.get_running_loop().time() < deadline:
        try:
            await database_sync_to_async(run_get)(run_id, owner)
        except RunNotFoundError:
            await asyncio.sleep(_LOOK_INTERVAL_S)
        else:
            return
    raise ConflictError(
        "An earlier request with this Idempotency-Key did not come to its run. Use a new one."
    )


async def _release(run_id: str) -> None:
    await database_sync_to_async(key_release)(run_id=run_id)
