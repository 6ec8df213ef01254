import time

import pytest

from assistant.guarding import only_guards
from assistant.hiding import hides_error

HOSTILE = ["catch (", "except ", "catch" + " " * 5000, " ", "if (x) ", "a\n", "except:\n", "&& "]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("language", ["python", "nodejs", "java", "cpp", "ubuntu"])
def test_hostile_proposal_is_read_quickly(language: str, piece: str) -> None:
    before = {"main": "x\n" * 1000}
    after = {"main": "catch" + piece * (50_000 // len(piece))}
    began = time.process_time()
    hides_error(language, before, after)
    only_guards(language, before, after)
    assert time.process_time() - began < 0.5
