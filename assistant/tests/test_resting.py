from assistant.providers.base import Failure
from assistant.resting import Rests

FAILED = Failure("failed")
TOO_OFTEN = Failure("has been asked too often")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_rest_doubles_and_ends_with_one_trial() -> None:
    clock = Clock()
    rests = Rests(clock)
    for rest_s in (2, 4, 8):
        assert rests.may_ask("groq")
        rests.failed("groq", FAILED, None)
        assert not rests.may_ask("groq")
        clock.now += rest_s - 0.1
        assert not rests.may_ask("groq")
        clock.now += 0.2
    assert rests.may_ask("groq")
    assert not rests.may_ask("groq"), "the others wait for what the trial shows"
    rests.succeeded("groq")
    assert rests.may_ask("groq")
    assert rests.may_ask("groq")


def test_rest_is_at_most_five_minutes_unless_more_is_asked_for() -> None:
    clock = Clock()
    rests = Rests(clock)
    for _ in range(20):
        rests.failed("groq", FAILED, None)
    assert rests.why_not("groq") == (FAILED, 300.0)
    rests.failed("groq", TOO_OFTEN, 900.0)
    assert rests.why_not("groq") == (TOO_OFTEN, 900.0)


def test_trial_that_nobody_waits_for_leaves_room_for_the_next() -> None:
    clock = Clock()
    rests = Rests(clock)
    rests.failed("groq", FAILED, None)
    clock.now = 10
    assert rests.may_ask("groq")
    rests.left("groq")
    assert rests.may_ask("groq")


def test_one_provider_rests_alone() -> None:
    rests = Rests(Clock())
    rests.failed("groq", FAILED, None)
    assert rests.may_ask("gemini")
