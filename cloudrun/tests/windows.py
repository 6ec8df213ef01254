"""Tests that ask too often, within one window: what ended in the middle would be counted anew."""

import time
import zlib


def wait_for_room(subject: str = "address:127.0.0.1", window_s: int = 60, room_s: int = 10) -> None:
    """Wait until no window of a rate in which `subject` is counted ends within `room_s` seconds.

    django-ratelimit lets the windows of each subject end at seconds of their own.
    """
    wait_for_room_before(zlib.crc32(subject.encode()), window_s, room_s)


def wait_for_room_before(end_s: int, window_s: int, room_s: int) -> None:
    """`wait_for_room`, where the windows end `end_s` seconds after multiples of `window_s`."""
    left_s = (end_s - time.time()) % window_s
    if left_s < room_s:
        time.sleep(left_s + 1)
