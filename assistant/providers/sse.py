"""Server-sent events, as far as providers use them: the data of each line."""

from collections.abc import Iterable, Iterator


def data_lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """What stands behind `data:`, line by line; "" for each chunk, which may hold nothing else.

    Lines end with CR, LF or both, and with nothing else: U+2028 may stand in JSON.
    https://html.spec.whatwg.org/multipage/server-sent-events.html
    """
    unfinished: list[bytes] = []  # joined once: a line may be long, and come in many pieces
    for chunk in chunks:
        yield ""
        first, *lines = chunk.replace(b"\r", b"\n").split(b"\n")
        unfinished.append(first)
        if lines:
            yield from _data([b"".join(unfinished), *lines[:-1]])
            unfinished = [lines[-1]]
    yield from _data([b"".join(unfinished)])


def _data(lines: Iterable[bytes]) -> Iterator[str]:
    for line in lines:
        if line.startswith(b"data:"):
            yield line.removeprefix(b"data:").decode(errors="replace").strip()
