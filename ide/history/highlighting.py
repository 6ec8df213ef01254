"""Code in colours, without a script: Pygments finds the tokens, our classes paint them."""

import time
from functools import cache
from pathlib import PurePosixPath

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Name, Number, Operator, String
from pygments.token import _TokenType as TokenType

from ide.history.visible import visible

# Beyond these a text stays plain: the lexers' expressions are not all linear.
_LONGEST_TEXT = 100_000
_LONGEST_LINE = 5_000
_CPU_S = 0.3
_MOST_PIECES = 20_000

_LEXERS = {
    "c": "c",
    "cpp": "cpp",
    "css": "css",
    "h": "cpp",
    "hpp": "cpp",
    "html": "html",
    "java": "java",
    "js": "javascript",
    "json": "json",
    "md": "markdown",
    "mjs": "javascript",
    "py": "python",
    "sh": "bash",
    "sql": "sql",
    "svg": "xml",
    "toml": "toml",
    "ts": "typescript",
    "xml": "xml",
    "yaml": "yaml",
    "yml": "yaml",
}
# The first that holds a token's type names its class.
_CLASSES = (
    (Comment, "comment"),
    (Operator.Word, "keyword"),
    (Keyword, "keyword"),
    (Name.Tag, "keyword"),
    (Name.Function, "function"),
    (Name.Class, "function"),
    (Name.Builtin, "function"),
    (Name.Attribute, "function"),
    (String, "string"),
    (Number, "number"),
)
Piece = tuple[str, str]


def code_html(text: str, path: str, *, cpu_s: float = _CPU_S) -> SafeString:
    """One `<span class="line">` a line, safe in a `<pre>`. Without colours once the time is up."""
    lines = [
        "".join(
            f'<span class="c-{kind}">{escape(piece)}</span>' if kind else escape(piece)
            for kind, piece in line
        )
        for line in code_lines(text, path, cpu_s=cpu_s)
    ]
    rows = "".join(f'<span class="line">{line}\n</span>' for line in lines)
    return mark_safe(rows)  # noqa: S308  escaped piece by piece


def code_lines(text: str, path: str, *, cpu_s: float = _CPU_S) -> list[list[Piece]]:
    """The pieces of each line: the name of their colour, which may be empty, and their text."""
    lines: list[list[Piece]] = [[]]
    for kind, value in _pieces(visible(text), path, min(cpu_s, _CPU_S)):
        first, *others = value.split("\n")
        if first:
            lines[-1].append((kind, first))
        lines.extend([(kind, other)] if other else [] for other in others)
    if len(lines) > 1 and not lines[-1]:
        lines.pop()  # the text ended its last line
    return lines


def _pieces(text: str, path: str, cpu_s: float) -> list[Piece]:
    name = _LEXERS.get(PurePosixPath(path).suffix.lower().removeprefix("."))
    is_long = len(text) > _LONGEST_TEXT or max(map(len, text.split("\n"))) > _LONGEST_LINE
    if name is None or is_long or cpu_s <= 0:
        return [("", text)]
    lexer = get_lexer_by_name(name)  # the first of its language is slow: not the text's fault
    pieces: list[Piece] = []
    end, deadline = 0, time.thread_time() + cpu_s
    for start, kind, value in lexer.get_tokens_unprocessed(text):
        if len(pieces) == _MOST_PIECES or time.thread_time() > deadline:
            break
        pieces.append((_class(kind), value))
        end = start + len(value)
    return [*pieces, ("", text[end:])]


@cache
def _class(kind: TokenType) -> str:
    return next((name for whole, name in _CLASSES if kind in whole), "")
