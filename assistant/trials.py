"""Proposals are run before anybody sees their verdict: in the sandbox, as the asker, with their
input, files, arguments, packages and limits, and counted among their runs."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import Any

from assistant.guarding import STOPPED, only_guards, stopped_at
from assistant.questions import Question
from assistant.verdicts import Verdict, guarded, judge, not_tried
from cloudrun.errors import ApplicationError
from sandbox.executions import execution_begin, execution_result
from sandbox.requests import Owner
from sandbox.results import Result
from sandbox.serializers.requests import execution_request


class Trial:
    """Tries the proposals to one question; `close` it.

    The program as it was runs from the beginning, so that its result is there when the first
    proposal comes.
    """

    def __init__(self, question: Question, owner: Owner) -> None:
        self._question = question
        # A proposal has had nobody's eyes yet: it opens no connections, wherever the asker may.
        may_install = owner.has_network and bool(question.install_packages)
        self._owner = replace(owner, has_network=may_install)
        self._before = asyncio.create_task(self._run({}))

    async def verdict(self, files: dict[str, str]) -> tuple[Verdict, Result | None]:
        """What trying `files` showed, and the result of their run where there is one."""
        try:
            before = await self._before
            after = await self._run(files)
            if _differs(self._question, before, after) and await self._is_moody(before):
                return not_tried("Your program prints something else each time it runs."), after
            verdict = judge(self._question, files, before, after)
            if verdict.status == "verified" and self._only_guards(files):
                verdict = guarded(verdict, is_reached=await self._is_reached(files, before, after))
        except ApplicationError as error:
            return not_tried(f"It could not be tried. {error.detail}"), None
        return verdict, after

    async def close(self) -> None:
        self._before.cancel()
        with suppress(asyncio.CancelledError, ApplicationError):
            await self._before

    async def _run(self, files: dict[str, str]) -> Result:
        request = execution_request(_body(self._question, files))
        return await execution_result(await execution_begin(request, self._owner), self._owner)

    def _only_guards(self, files: dict[str, str]) -> bool:
        question = self._question
        sources = question.sources
        return question.action == "fix_error" and only_guards(
            question.language.id, sources, {**sources, **files}
        )

    async def _is_reached(
        self, files: dict[str, str], before: Result, after: Result
    ) -> bool | None:
        """Whether the proposed program runs the line that failed; None where that is not known."""
        sources = self._question.sources
        name = before.file
        if name not in sources or not before.line:
            return None
        statement = sources[name].splitlines()[before.line - 1 :][:1]
        proposed = {**sources, **files}[name]
        if not statement or not statement[0].strip():
            return None
        stopped = stopped_at(self._question.language.id, proposed, statement[0].strip())
        if stopped is None:
            return None
        result = await self._run({**files, name: stopped})
        if result.exit_code == STOPPED:
            return True
        is_same = (result.status, result.stdout) == (after.status, after.stdout)
        return False if is_same else None

    async def _is_moody(self, before: Result) -> bool:
        """Whether the program as it was does not print the same twice."""
        return (await self._run({})).stdout != before.stdout


def _body(question: Question, files: dict[str, str]) -> dict[str, Any]:
    """What would be sent to run it: names that a provider made up are checked as anybody's."""
    beside = {file.name: file.fields for file in question.files}
    beside |= {name: {"name": name, "content": content} for name, content in files.items()}
    beside.pop(question.main, None)
    return {
        "language": question.language.id,
        "code": files.get(question.main, question.code),
        "stdin": question.stdin,
        "args": list(question.args),
        "files": list(beside.values()),
        "install_packages": list(question.install_packages),
    }


def can_be_tried(question: Question) -> bool:
    return question.language.is_sandboxed and bool(question.code.strip())


def _differs(question: Question, before: Result, after: Result) -> bool:
    return question.action == "optimize_code" and before.stdout != after.stdout
