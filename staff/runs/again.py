"""Running a student's program again as oneself."""

from asgiref.sync import async_to_sync

from cloudrun.errors import InvalidRequestError
from sandbox.executions import execution_begin
from sandbox.languages import LANGUAGES
from sandbox.models import Run
from sandbox.requests import Owner, RunRequest, SourceFile


def run_again(run: Run, owner: Owner) -> str:
    """The id of a run of the `owner`'s own, within their limits, of the same code, files and input.

    Nobody types for it: its input ends behind what the run was given. Raises as `execution_begin`,
    and `InvalidRequestError` for a language that this server has no more.
    """
    if run.language not in LANGUAGES:
        raise InvalidRequestError(f"This server does not run {run.language} any more.")
    source = run.unpacked_source()
    request = RunRequest(
        language=run.language,
        code=source["code"],
        stdin=source["stdin"],
        args=tuple(source["args"]),
        files=tuple(SourceFile(**file) for file in source["files"]),
        tty=source["tty"],
        cols=source["cols"],
        rows=source["rows"],
        artifacts=True,
    )
    return async_to_sync(execution_begin)(request, owner, stays=True)
