"""Claims: of which class and size, as the settings say."""

import pytest
from calls import child, parent
from fake_cluster import Stage
from objects import GIT, NOTEBOOK, TUNED, UPSTREAM

from hooks.settings import load

DATASET = parent("Dataset", "squad", {"filename": "squad.jsonl", "source": GIT})
STAGES = {
    "a Dataset's": Stage(DATASET).synced().completed("build"),
    "a training's": Stage(TUNED, related=UPSTREAM),
    "a Notebook's": Stage(NOTEBOOK, related=UPSTREAM),
}
every = pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)


def claim(stage, text="{}"):
    return child(stage.answer(settings=load(text, source="x")), "PersistentVolumeClaim")["spec"]


@every
def test_a_claim_is_of_the_class_of_the_settings(stage):
    assert claim(stage, "claims: {storageClassName: fast}")["storageClassName"] == "fast"


@every
def test_without_one_it_is_of_the_clusters_default(stage):
    assert "storageClassName" not in claim(stage)
