"""Tests that ask too often, within one window: what ended in the middle would be counted anew."""

import time
import zlib


def wait_for_room(subject: str = "address:127.0.0.1") -> None:
    """Wait until no minute in which a rate counts `subject` ends within ten seconds.

    django-ratelimit lets the minutes of each subject end at seconds of their own.
    """
    wait_for_room_before(zlib.crc32(subject.encode()), window_s=60, room_s=10)


def wait_for_room_before(end_s: int, window_s: int, room_s: int) -> None:
    """Wait until none of the windows that end `end_s` seconds after multiples of `window_s` ends
    within `room_s` seconds."""
    left_s = (end_s - time.time()) % window_s
    if left_s < room_s:
        time.sleep(left_s + 1)
