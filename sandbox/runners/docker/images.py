"""The language images: which are on this machine, and fetching those that are not.

Nothing is fetched while a run waits for it: that takes minutes. A run is told what is missing.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cloudrun.sizes import size_words
from sandbox.errors import SandboxError
from sandbox.languages import LANGUAGES
from sandbox.runners.docker.engine import Engine, ImageFacts, PullError

logger = logging.getLogger(__name__)

_RETRY_S = 60.0
_LONGEST_RETRY_S = 1800.0
_DAY_S = 86400

# What registries, the engine and the network say, in its words (lower case), and in ours.
_REASONS = (
    ("no space left on device", "the disk of this machine is full"),
    ("no matching manifest", "there is none for this machine's kind of processor"),
    ("manifest unknown", "its registry does not have it"),
    ("toomanyrequests", "its registry allows no more downloads for now"),
    ("denied", "its registry does not have it, or wants a login"),
    ("unauthorized", "its registry wants a login"),
    ("x509", "the Docker engine does not trust its registry's certificate"),
    ("no such host", "the address of its registry is not found"),
    ("connection refused", "its registry does not answer"),
    ("unreachable", "its registry is not reachable"),
    ("no route to host", "its registry is not reachable"),
    ("timeout", "its registry does not answer in time"),
    ("deadline exceeded", "its registry does not answer in time"),
)
_UNKNOWN_REASON = "the server's log says why"


class ImageError(SandboxError):
    """An image could not be fetched; `detail` says why in a sentence of ours.

    `said` is what the engine said: for the log, and for whoever works at the engine.
    """

    def __init__(self, detail: str, said: str = "") -> None:
        super().__init__(detail)
        self.said = said


@dataclass
class _Layer:
    """`size` as downloaded, in bytes, once the engine has told; the others are shares."""

    size: int | None = None
    downloaded: float = 0.0
    extracted: float = 0.0


@dataclass
class Progress:
    """How far a pull is, added up over the image's layers from the lines that the engine sends.

    `fraction` is 0..1 and never goes back. Downloading and extracting count alike. A layer whose
    turn has not come has no size yet: it counts as the average one.
    """

    fraction: float = 0.0
    _layers: dict[str, _Layer] = field(default_factory=dict)

    @property
    def downloaded_bytes(self) -> int:
        return int(sum(layer.downloaded * (layer.size or 0) for layer in self._layers.values()))

    def note(self, line: Mapping[str, Any]) -> None:
        """Layers that are there already never begin with "Pulling fs layer", and do not count."""
        id, status = line.get("id", ""), line.get("status", "")
        if status == "Pulling fs layer":
            self._layers[id] = _Layer()
        if layer := self._layers.get(id):
            _advance(layer, status, line.get("progressDetail") or {})
            self.fraction = max(self.fraction, self._share())

    def _share(self) -> float:
        layers = self._layers.values()
        sizes = [layer.size for layer in layers if layer.size is not None]
        average = sum(sizes) / len(sizes) if sizes else 1.0
        weights = [average if layer.size is None else layer.size for layer in layers]
        done = sum(
            weight * (layer.downloaded + layer.extracted) / 2
            for weight, layer in zip(weights, layers, strict=True)
        )
        return done / (sum(weights) or 1.0)


def _advance(layer: _Layer, status: str, detail: Mapping[str, Any]) -> None:
    total = detail.get("total") or 0
    share = detail.get("current", 0) / total if total else 0.0
    match status:
        case "Downloading" if total:
            layer.size, layer.downloaded = total, share
        case "Download complete":
            layer.downloaded = 1.0
        case "Extracting":  # newer engines tell seconds here, of no total
            layer.downloaded, layer.extracted = 1.0, share
        case "Pull complete":
            layer.downloaded = layer.extracted = 1.0


def language_images() -> list[str]:
    """What the languages run in, each once."""
    images = [language.image for language in LANGUAGES.values() if language.is_sandboxed]
    return list(dict.fromkeys(image for image in images if image))


async def pull(engine: Engine, image: str, tell: Callable[[Progress], None]) -> None:
    """Fetch an image; calls `tell` as it goes on. Raises `ImageError`."""
    progress = Progress()

    def note(line: Mapping[str, Any]) -> None:
        progress.note(line)
        tell(progress)

    try:
        await engine.pull(image, note)
        is_there = image in await engine.images()
    except PullError as error:
        said = error.detail
        raise ImageError(f"{image} could not be fetched: {_reason(said)}.", said) from error
    except SandboxError as error:
        raise ImageError(error.detail) from error
    if not is_there:
        raise ImageError(f"{image} could not be fetched: the Docker engine broke it off.")


def _reason(said: str) -> str:
    return next((ours for theirs, ours in _REASONS if theirs in said.lower()), _UNKNOWN_REASON)


class Images:
    """What is known of the language images on one engine, and a fetch in the background.

    Belongs to one event loop. Knows nothing before the first `look`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._facts: Mapping[str, ImageFacts] = {}
        self._queue: list[str] = []  # of the fetch that goes on; the first is being pulled
        self._progress = Progress()
        self._errors: dict[str, str] = {}

    @property
    def missing(self) -> list[str]:
        return [image for image in language_images() if image not in self._facts]

    async def look(self) -> frozenset[str]:
        """Ask the engine; which images came, went, or were replaced since the last look."""
        facts = await self._engine.images()
        before, self._facts = self._facts, facts
        return frozenset(
            image for image in language_images() if before.get(image) != facts.get(image)
        )

    def forget(self, image: str) -> None:
        """The engine says that it is gone."""
        self._facts = {tag: facts for tag, facts in self._facts.items() if tag != image}

    def problem(self, image: str) -> str | None:
        """Why nothing can run in an image now and what to do, as a sentence; None where it can."""
        if image in self._facts:
            return None
        if image in self._queue:
            share = f" ({self._progress.fraction:.0%})" if image == self._queue[0] else ""
            return f"The image {image} is being fetched{share}. Run again when it is there."
        return (
            f"The image {image} is not on this machine."
            f" Fetch it with: manage.py sandbox_images (or docker pull {image})"
        )

    def words(self, image: str) -> str:
        """`gcc:12, 1.2 GB, made 83 days ago`; only the name where it is not there."""
        facts = self._facts.get(image)
        if facts is None:
            return image
        days = int((time.time() - facts.made_at) // _DAY_S)
        age = "today" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"
        return f"{image}, {size_words(facts.size)}, made {age}"

    async def fetch(self, arrived: Callable[[], Awaitable[None]]) -> None:
        """Pull what is missing, one after the other, and again what failed, ever more seldom.

        Returns once all is there. Calls `arrived`, which is to `look`, after each pull. Failures
        are logged, and told by `figures`.
        """
        pause_s = _RETRY_S
        while self.missing:
            await self._fetch_once(arrived)
            if self.missing:
                await asyncio.sleep(pause_s)
                pause_s = min(2 * pause_s, _LONGEST_RETRY_S)

    def figures(self) -> dict[str, Any]:
        """`{"fetching": image or None, "missing": [images], "progress": 0..1 or None (of the one
        that is being fetched), "error": sentence or None (of one that is still missing)}`."""
        missing = self.missing
        fetching = self._queue[0] if self._queue else None
        return {
            "fetching": fetching,
            "missing": missing,
            "progress": round(self._progress.fraction, 3) if fetching else None,
            "error": next((self._errors[id] for id in missing if id in self._errors), None),
        }

    async def _fetch_once(self, arrived: Callable[[], Awaitable[None]]) -> None:
        self._queue = self.missing
        try:
            while self._queue:
                await self._pull(self._queue[0])
                await arrived()
                del self._queue[0]
        finally:
            self._queue = []

    async def _pull(self, image: str) -> None:
        logger.info("pulling %s", image)
        self._progress = Progress()
        self._errors.pop(image, None)
        try:
            await pull(self._engine, image, self._note)
        except ImageError as error:
            logger.warning("%s %s", error.detail, error.said)
            self._errors[image] = error.detail

    def _note(self, progress: Progress) -> None:
        self._progress = progress
