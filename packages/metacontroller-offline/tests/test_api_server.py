"""The offline API server answers as a real one did: 2,909 cases, each of which changes one thing.

`recorder/record.py` records the answers; the cases are made from tests/api_server/bases.yaml.
"""

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "api_server"))

from cases import BASES, RECORDED, title
from compare import differences

ANSWERS = json.loads(RECORDED.read_text())
KNOWN = {
    # Offline every claim has a storage class, as in most clusters; the recorded one had none.
    "PersistentVolumeClaim a": {
        "created spec.storageClassName null",
        "created without spec.storageClassName",
        "changed without spec.storageClassName",
    },
    # An update without a spec keeps the address families of a Service without a selector.
    "Service headless": {"changed without spec"},
}
"""Cases whose answers are known to differ."""


@pytest.mark.parametrize("base", BASES, ids=map(title, BASES))
def test_the_answers_are_those_of_a_real_api_server(base):
    found = {name: answers for name, *answers in differences(base, ANSWERS[title(base)])}
    assert found.keys() == KNOWN.get(title(base), set()), found


def test_there_are_as_many_cases_as_the_documentation_says():
    counts = (len(each["created"]) + len(each["changed"]) for each in ANSWERS.values())
    assert sum(counts) == 2909
