"""Results have room: claims and disks are as large as the weights ask for."""

import pytest
from calls import base_dataset, base_model, child, parent, sync
from hypothesis import given
from hypothesis import strategies as st

from hooks.platform.room import claim_size, quantity
from hooks.settings import Settings

GIB = 2**30
LARGE = {"parameterCount": 70_000_000_000, "parameterBits": 16}
"""130.4 GiB of weights."""
TUNED = parent(
    "Model",
    "tuned",
    {
        "source": {"modelName": "opt"},
        "training": {"datasetName": "squad"},
        "size": LARGE,
        "compute": {"types": ["CPU"]},
    },
)


def storage(claim):
    return claim["spec"]["resources"]["requests"]["storage"]


def test_a_training_of_large_weights_has_a_claim_that_holds_its_result():
    answer = sync(TUNED, [], [base_model(), base_dataset()])
    assert storage(child(answer, "PersistentVolumeClaim")) == "262Gi"


def test_a_notebook_of_large_weights_has_a_claim_that_holds_a_result():
    model = base_model(size=LARGE, compute={"types": ["CPU"]})
    answer = sync(parent("Notebook", "opt", {"modelName": "opt"}), [], [model])
    assert storage(child(answer, "PersistentVolumeClaim")) == "262Gi"


def test_where_a_result_is_staged_the_trainer_has_disk_for_it():
    settings = Settings.model_validate({"storage": {"type": "s3", "s3": {"bucket": "bucket"}}})
    model = base_model()
    data = base_dataset()
    data["status"]["url"] = "s3://bucket/team/squad/dddddddddd/data/squad.jsonl"
    pod = child(sync(TUNED, [], [model, data], settings=settings), "Job")["spec"]["template"]
    trainer = pod["spec"]["initContainers"][0]
    assert trainer["resources"]["requests"]["ephemeral-storage"] == "362Gi"


def test_small_weights_have_what_the_settings_say():
    assert claim_size("100Gi", 2 * GIB) == "100Gi"


def test_unknown_weights_have_what_the_settings_say():
    assert claim_size("1Gi", 0) == "1Gi"


@pytest.mark.parametrize(
    ("asked", "weights", "size"),
    [
        pytest.param("100Gi", 99 * GIB // 2, "100Gi", id="exactly as large"),
        pytest.param("100Gi", 99 * GIB // 2 + 1, "101Gi", id="one byte more"),
        pytest.param("1Ti", 130 * GIB, "1Ti", id="in another unit"),
        pytest.param("107374182400", 99 * GIB // 2, "107374182400", id="in bytes"),
        pytest.param("1Gi", 1023 * GIB // 2, "1Ti", id="a whole number of a larger unit"),
    ],
)
def test_a_claim_is_the_larger_of_what_is_asked_for_and_what_is_needed(asked, weights, size):
    assert claim_size(asked, weights) == size


@given(gib=st.integers(1, 10**7))
def test_a_quantity_is_as_the_api_server_writes_it(gib):
    written = quantity(gib)
    number, unit = int(written[:-2]), written[-2:]
    assert number * 1024 ** ["Gi", "Ti", "Pi", "Ei"].index(unit) == gib
    assert number % 1024 or unit == "Ei"
