"""The one reason why a program ended, and its explanation."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import islice

from sandbox.diagnosis import cpp, java, nodejs, python, sentences, shell
from sandbox.diagnosis.facts import Diagnosis, Facts, Problem, Reason
from sandbox.diagnosis.report import Report
from sandbox.diagnosis.sources import Sources
from sandbox.diagnosis.text import clause, plain

_ABORTED = frozenset({133, 134})
_FILE_TOO_LARGE = 153
_MOST_PROBLEMS = 50
# Exit codes of the shell's convention: 128 and a signal.
_SIGNALLED = range(129, 160)
_PROCESS_TEXTS = (
    "resource temporarily unavailable", "eagain", "can't start new thread",
    "unable to create native thread", "cannot fork",
)  # fmt: skip
_DISK_TEXTS = (
    "no space left on device", "enospc", "disk quota exceeded", "file too large", "efbig",
    "file size limit exceeded",
)  # fmt: skip
# How many lines at the end may tell of a refused fork or a full disk.
_LAST_LINES = 5

_KILLED: dict[str, Callable[[Facts], str]] = {
    Reason.STOPPED: sentences.stopped,
    Reason.DEACTIVATED: sentences.deactivated,
    Reason.TIME_LIMIT: sentences.time_limit,
    Reason.OUTPUT_LIMIT: sentences.output_limit,
    Reason.DISK_LIMIT: sentences.disk_limit,
}

Reader = Callable[[str, Sources], Report | None]


def _nothing(text: str, sources: Sources) -> None:
    return None


def _no_errors(text: str, sources: Sources) -> Iterable[Report]:
    return ()


@dataclass(frozen=True)
class _Runtime:
    """How a language tells of errors; all readers take the plain output and the user's files.

    An exception is one only with the exit code that the runtime gives for it. A remark explains
    the exit codes that it may come with, and decides nothing.
    """

    uncaught: Reader = _nothing
    uncaught_code: int = 1
    compile_errors: Callable[[str, Sources], Iterable[Report]] = _no_errors
    remark: Reader = _nothing
    remark_codes: frozenset[int] = field(default_factory=frozenset)


_RUNTIMES = {
    "python": _Runtime(python.uncaught),
    "nodejs": _Runtime(nodejs.uncaught, remark=nodejs.remark, remark_codes=_ABORTED),
    "java": _Runtime(
        java.uncaught,
        compile_errors=java.compile_errors,
        remark=java.remark,
        remark_codes=frozenset({1}),
    ),
    "cpp": _Runtime(cpp.uncaught, 134, cpp.compile_errors, cpp.remark, _ABORTED),
    "ubuntu": _Runtime(remark=shell.remark, remark_codes=frozenset({1, 2, 126, 127})),
}


def diagnose(facts: Facts, stderr: str) -> Diagnosis:
    """Tell why a program ended. Deterministic, in linear time, and never raises.

    `stderr` is the end of the program's stderr (64 Ki characters are looked at), or of its whole
    output where it ran on a terminal. The first that holds is the reason:

    1. What the platform killed it for; 2. exit code 0, whatever was printed; 3. an error that the
    compiler found in the user's files; 4. the kernel's out-of-memory kill; 5. a refused fork,
    where the exception that ended the program or, without one, its last lines are about that, or
    where it was aborted without a word; 6. a full disk, by the same texts or the signal for a file
    too large; 7. a compiler that failed otherwise; 8. an exception, which needs the exit code and
    the form that the language's runtime gives it, as the last thing printed; 9. a signal, by the
    shell's convention for exit codes; 10. an exit code of the program's own choice.

    So text alone never makes a limit, and a program that got over a limit and then failed for
    something else is told the latter. A syntax error in Python or JavaScript is an exception:
    whether anything ran before it, the platform does not know. A program that prints its runtime's
    exact form about its own lines, and exits with the runtime's code, is believed.
    """
    if facts.ended_by is not None:
        return Diagnosis(Reason(facts.ended_by), _KILLED[facts.ended_by](facts))
    if not facts.exit_code:
        return Diagnosis(Reason.EXIT, "Your program ended normally.")
    text = plain(stderr)
    sources = Sources(facts.files)
    runtime = _RUNTIMES.get(facts.language, _Runtime())
    if not facts.compiled:
        errors = list(islice(runtime.compile_errors(text, sources), _MOST_PROBLEMS))
        return _not_compiled(facts, errors, text)
    exception = (
        runtime.uncaught(text, sources) if facts.exit_code == runtime.uncaught_code else None
    )
    has_remark = exception is None and facts.exit_code in runtime.remark_codes
    remark = runtime.remark(text, sources) if has_remark else None
    return _failed(facts, exception, remark, text)


def _not_compiled(facts: Facts, errors: list[Report], text: str) -> Diagnosis:
    error = errors[0] if errors else None
    is_located = error is not None and error.place is not None
    if not is_located and (limit := _limit(facts, None, _last_lines(text))):
        return limit
    return _diagnosis(Reason.COMPILE_ERROR, sentences.compile_error(facts, error), *errors)


def _failed(facts: Facts, exception: Report | None, remark: Report | None, text: str) -> Diagnosis:
    told = f"{exception.title}: {exception.message}" if exception else _last_lines(text)
    if limit := _limit(facts, exception or remark, told):
        return limit
    if exception:
        return _diagnosis(Reason.EXCEPTION, sentences.headline(facts, exception), exception)
    reason = Reason.SIGNAL if facts.exit_code in _SIGNALLED else Reason.EXIT
    explain = sentences.signal if reason is Reason.SIGNAL else sentences.exit
    return _diagnosis(reason, explain(facts, remark), remark)


def _limit(facts: Facts, report: Report | None, told: str) -> Diagnosis | None:
    """The limit that the kernel knows of and that ended the program, going by what was told."""
    if facts.oom_killed:
        return _diagnosis(Reason.MEMORY_LIMIT, sentences.memory_limit(facts), report)
    told = told.casefold()
    is_silent_abort = facts.exit_code in _ABORTED and report is None
    if facts.process_limited and (is_silent_abort or _has_any(told, _PROCESS_TEXTS)):
        return _diagnosis(Reason.PROCESS_LIMIT, sentences.process_limit(facts), report)
    if facts.disk_full and facts.exit_code == _FILE_TOO_LARGE:
        return _diagnosis(Reason.DISK_LIMIT, sentences.file_limit(facts), report)
    if facts.disk_full and _has_any(told, _DISK_TEXTS):
        return _diagnosis(Reason.DISK_LIMIT, sentences.disk_full(facts), report)
    return None


def _has_any(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)


def _last_lines(text: str) -> str:
    return "\n".join(text.rstrip().rsplit("\n", _LAST_LINES)[-_LAST_LINES:])


def _diagnosis(reason: Reason, explanation: str, *reports: Report | None) -> Diagnosis:
    """With the place of the first report, and all those that have one."""
    place = reports[0].place if reports and reports[0] else None
    problems = tuple(_problem(report) for report in reports if report and report.place)
    if place is None:
        return Diagnosis(reason, explanation, problems=problems)
    return Diagnosis(reason, explanation, place.file, place.line, place.column, problems)


def _problem(report: Report) -> Problem:
    assert report.place is not None
    message = f"{report.title}: {report.message}" if report.title else report.message
    place = report.place
    return Problem(place.file, place.line, place.column, clause(message))
