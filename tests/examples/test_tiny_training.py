"""The training of examples/tiny: it learns, and a kill loses nothing."""

import json
import shutil
import time

import pytest
import yaml
from workloads import TINY, base_weights, measured, model_image

TEXTS = ["one two three.", "two three four.", "three four five."]
LINES = 60
STEPS = 171
"""Three epochs of the lines, of which one in twenty is kept from training."""


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "texts.jsonl"
    path.write_text("".join(json.dumps({"text": TEXTS[at % 3]}) + "\n" for at in range(LINES)))
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory, data):
    """The image's directory after a training that nothing disturbed."""
    image = model_image(tmp_path_factory.mktemp("trained"))
    assert image.run("train.sh", TRAIN_DATA_PATH=str(data)) == (0, "")
    return image


@pytest.fixture
def image(tmp_path):
    return model_image(tmp_path)


def weights(image):
    return (image.root / "model/trained/weights.npz").read_bytes()


def wait_for_step(image, process, step):
    while max((each["step"] for each in measured(image)), default=0) < step:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)


def test_the_size_in_the_objects_is_the_models():
    objects = yaml.safe_load_all((TINY / "tiny.yaml").read_text())
    sizes = [each["spec"]["size"] for each in objects if each["kind"] == "Model"]
    for size in sizes:
        count = size["parameterCount"] * size["parameterBits"] // 8
        # The file has a name and a header of some bytes for each array.
        assert 0 < len(base_weights()) - count < 5000


def test_the_base_model_is_the_same_each_time_it_is_built():
    assert base_weights.__wrapped__() == base_weights()


def test_the_loss_on_texts_that_were_not_trained_on_falls(trained):
    first, *_, last = [each["evaluation_loss"] for each in measured(trained) if "loss" not in each]
    assert last < first / 4


def test_every_step_is_measured_once(trained):
    assert [each["step"] for each in measured(trained)] == [0, 50, 100, 150, STEPS]


def test_nothing_but_the_weights_is_left_to_be_packaged(trained):
    assert [each.name for each in (trained.root / "model/trained").iterdir()] == ["weights.npz"]


def test_a_killed_training_ends_in_the_same_weights(image, data, trained):
    with image.start("train.sh", TRAIN_DATA_PATH=str(data)) as process:
        wait_for_step(image, process, 100)
        process.kill()
    with (image.root / "model/logs/metrics.jsonl").open("a") as file:
        # As if it had been killed after a measurement and before the checkpoint of it.
        file.write('{"step": 150, "loss": 1.0}\n{"step": 15')
    with image.start("train.sh", TRAIN_DATA_PATH=str(data)) as process:
        printed, _ = process.communicate()
    assert json.loads(printed.splitlines()[0])["step"] > 50, "It began again."
    assert weights(image) == weights(trained)
    assert measured(image) == measured(trained)


def test_a_training_that_is_asked_to_stop_does_so_at_once(image, data):
    with image.start("train.sh", TRAIN_DATA_PATH=str(data)) as process:
        wait_for_step(image, process, 50)
        process.terminate()
    assert process.returncode == 143


def test_a_complete_training_is_not_run_again(trained, data):
    with trained.start("train.sh", TRAIN_DATA_PATH=str(data)) as process:
        assert process.communicate()[0] == "This training is complete already.\n"


def test_another_training_begins_from_the_start(image, trained, data):
    shutil.copytree(trained.root / "model", image.root / "model", dirs_exist_ok=True)
    variables = {"TRAIN_EPOCHS": "1", "TRAIN_DATA_LIMIT": "3", "TRAIN_BATCH_SIZE": "2"}
    assert image.run("train.sh", TRAIN_DATA_PATH=str(data), **variables) == (0, "")
    assert [each["step"] for each in measured(image)] == [0, 2]


def test_a_mistake_is_a_sentence(image, data):
    code, errors = image.run("train.sh", TRAIN_DATA_PATH=str(data), TRAIN_EPOCHS="0")
    assert (code, errors) == (1, "TRAIN_EPOCHS is '0'. It must be a whole number above 0.\n")
