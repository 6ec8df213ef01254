"""The explanations: one sentence each, for somebody who is learning to program."""

from signal import Signals

from cloudrun.sizes import size_words as _size
from sandbox.diagnosis.facts import Facts
from sandbox.diagnosis.report import Report
from sandbox.diagnosis.sources import Place
from sandbox.diagnosis.text import clause, sentence

_LONGEST_NAME = 80
_SIGNALS = {
    Signals.SIGHUP: "its terminal was closed",
    Signals.SIGINT: "it was interrupted (Ctrl-C)",
    Signals.SIGQUIT: "it was told to quit",
    Signals.SIGILL: "it came upon an instruction that does not exist",
    Signals.SIGTRAP: "it stopped at a trap",
    Signals.SIGABRT: "it aborted itself",
    Signals.SIGBUS: "it used memory that is not there (bus error)",
    Signals.SIGFPE: "it divided by zero or made another impossible calculation",
    Signals.SIGKILL: "it was killed",
    Signals.SIGSEGV: "it used memory that is not its own (segmentation fault)",
    Signals.SIGPIPE: "it wrote to something that nobody reads any more",
    Signals.SIGTERM: "it was asked to end",
    Signals.SIGXCPU: "it used too much processor time",
    Signals.SIGXFSZ: "it wrote a file that is too large",
    Signals.SIGSYS: "it made a system call that is not allowed here",
}
_STOPPED = " and was stopped."


def stopped(facts: Facts) -> str:
    return f"{_subject(facts)} was stopped before it ended."


def deactivated(facts: Facts) -> str:
    return f"{_subject(facts)} was stopped because your account was deactivated."


def time_limit(facts: Facts) -> str:
    limits = facts.limits
    if limits.cpu_time_s is None or not facts.compiled:
        return (
            f"{_subject(facts)} was still running after {_seconds(limits.wall_time_s)}" + _STOPPED
        )
    return (
        f"{_subject(facts)} was stopped because it used {_seconds(limits.cpu_time_s)} of"
        f" processor time or was still running after {_seconds(limits.wall_time_s)}."
    )


def output_limit(facts: Facts) -> str:
    return f"{_subject(facts)} printed more than {_size(facts.limits.output_bytes)}" + _STOPPED


def memory_limit(facts: Facts) -> str:
    return (
        f"{_subject(facts)} used more than {_size(facts.limits.memory_bytes)} of memory" + _STOPPED
    )


def process_limit(facts: Facts) -> str:
    processes = facts.limits.processes
    return f"{_subject(facts)} tried to have more than {processes} processes and threads at once."


def disk_limit(facts: Facts) -> str:
    size = _size(facts.limits.disk_bytes or facts.limits.workspace_bytes)
    return f"{_subject(facts)} wrote more than {size} to disk" + _STOPPED


def disk_full(facts: Facts) -> str:
    limits = facts.limits
    room = f"{_size(limits.workspace_bytes)} for files and {_size(limits.tmp_bytes)} in /tmp"
    if limits.disk_bytes:
        room = _size(limits.disk_bytes)
    return f"{_subject(facts)} ran out of disk space, of which there is {room}."


def file_limit(facts: Facts) -> str:
    return (
        f"{_subject(facts)} wrote a file of more than {_size(facts.limits.file_bytes)}" + _STOPPED
    )


def compile_error(facts: Facts, error: Report | None) -> str:
    if error is None:
        return f"The compiler failed with exit code {facts.exit_code}."
    failure = f"found an error in {_in_file(error.place)}" if error.place else "failed"
    return sentence(f"The compiler {failure}: {clause(error.message)}")


def headline(facts: Facts, report: Report) -> str:
    """An error by its name: `IndexError on line 9: list index out of range.`"""
    message = clause(report.message)
    title = clause(report.title, _LONGEST_NAME) + _where(facts, report)
    return sentence(f"{title}: {message}" if message else title)


def signal(facts: Facts, remark: Report | None) -> str:
    """What an exit code over 128 stands for; a program may choose such a code itself."""
    if remark and remark.title:
        return headline(facts, remark)
    assert facts.exit_code is not None
    signal = Signals(facts.exit_code - 128)
    meaning = _SIGNALS.get(signal, f"it was ended by the signal {signal.name}")
    said = f": {clause(remark.message)}" if remark else ""
    return sentence(
        f"Your program ended with exit code {facts.exit_code},"
        f" which usually means that {meaning}{said}"
    )


def exit(facts: Facts, remark: Report | None) -> str:
    if remark is None:
        return f"Your program ended itself with exit code {facts.exit_code}."
    if remark.title:
        return headline(facts, remark)
    error = f"an error{_where(facts, remark)}: {clause(remark.message)}"
    return sentence(f"Your program ended with exit code {facts.exit_code} after {error}")


def _subject(facts: Facts) -> str:
    return "Your program" if facts.compiled else "The compiler"


def _where(facts: Facts, report: Report) -> str:
    """The line alone where there is one file only."""
    if report.place is None:
        return ""
    if len(facts.files) == 1 and report.place.line:
        return f" on line {report.place.line}"
    return f" in {_in_file(report.place)}"


def _in_file(place: Place) -> str:
    file = clause(place.file, _LONGEST_NAME)
    return f"{file}, line {place.line}" if place.line else file


def _seconds(seconds: float) -> str:
    return "1 second" if seconds == 1 else f"{seconds:g} seconds"
