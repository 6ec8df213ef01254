"""What a provider of answers is: a service that continues a conversation as a stream of text."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal, Protocol

# Of one answer, everything that a provider sends around it included.
MAX_BODY_BYTES = 2 * 1024 * 1024
MAX_ANSWER_TOKENS = 4096
_MOST_TOKENS = 10_000_000
NO_ANSWER = "answered with something that is no answer"  # a reason, as `ProviderError` has it


@dataclass(frozen=True)
class Message:
    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True)
class Prompt:
    """What a provider is asked: how to behave, and the conversation so far, the question last."""

    system: str
    messages: tuple[Message, ...]

    @property
    def size(self) -> int:
        """In bytes: no text has more tokens."""
        texts = (self.system, *(message.content for message in self.messages))
        return sum(len(text.encode()) for text in texts)


@dataclass(frozen=True)
class Usage:
    """What an answer cost, in tokens, as the provider counts them; 0 where it does not say."""

    prompt_tokens: int = 0
    answer_tokens: int = 0

    @classmethod
    def told(cls, prompt_tokens: int, answer_tokens: int) -> "Usage":
        """What a provider says, as far as that can be: it counts for a quota."""
        return cls(*(min(max(0, count), _MOST_TOKENS) for count in (prompt_tokens, answer_tokens)))

    @classmethod
    def estimated(cls, prompt_size: int, answer_size: int) -> "Usage":
        """From bytes, where nobody says it: four are about a token."""
        return cls(prompt_size // 4, answer_size // 4)

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens, self.answer_tokens + other.answer_tokens
        )


@dataclass(frozen=True)
class End:
    """The provider said that its answer is over; `is_cut` where it ran into a limit of length."""

    usage: Usage
    is_cut: bool = False


# What may help: to ask again after a while, the operator, or another question.
Remedy = Literal["time", "operator", "question"]


@dataclass(frozen=True)
class Failure:
    """Why a provider gave no answer. `reason` completes "Groq ..." in plain words, and holds
    nothing that the provider sent: not its text, not a key."""

    reason: str
    remedy: Remedy = "time"


class ProviderError(Exception):
    """A provider gave no answer, or not all of one.

    `retry_after_s` is what the provider asked for, where it did.
    """

    def __init__(
        self, reason: str, *, remedy: Remedy = "time", retry_after_s: float | None = None
    ) -> None:
        super().__init__(reason)
        self.failure = Failure(reason, remedy)
        self.retry_after_s = retry_after_s


class Provider(Protocol):
    """A configured service. `name` is its id in `AI_PROVIDERS`, `title` what people read."""

    name: str
    title: str
    model: str

    def stream(self, prompt: Prompt, timeout_s: float) -> Generator[str | End]:
        """The answer's text as it comes, then its `End`. Blocks; closing it ends the request, so
        that it yields "" where something came that is no text.

        `timeout_s`: how long to wait for a connection, and for each next piece. Raises
        `ProviderError`, also where the stream breaks off before its end.
        """
        ...
