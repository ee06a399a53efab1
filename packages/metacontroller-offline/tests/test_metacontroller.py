"""The offline Metacontroller ends as a real one did: cases by hand, and of hypothesis' making.

`recorder/record_metacontroller.py` records the ends; the cases are those of tests/metacontroller.
"""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "metacontroller"))

from offline import run

CASES = json.loads((Path(__file__).parent / "metacontroller/recorded.json").read_text())
NAMES = [f"{each['name']}, {each['method']}" for each in CASES]


def by_name(objects):
    return {(each["kind"], each["metadata"]["name"]): each for each in objects}


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_the_end_is_that_of_a_real_metacontroller(case):
    ours, rests = run(case)
    ours, real = by_name(ours), by_name(case["end"])
    if not rests:
        # A child that is deleted and created over and over is there or not when one looks.
        both = ours.keys() & real.keys()
        ours, real = ({key: each[key] for key in both} for each in (ours, real))
    assert ours == real
