"""Images that nobody builds: `source.image`, and the image that trains."""

import pytest
from calls import base_dataset, base_model, child, condition, edited, parent, sync

GIVEN = "ghcr.io/team/llama:v1"
DIGEST = f"ghcr.io/team/llama@sha256:{'a' * 64}"
MODEL = parent("Model", "llama", {"source": {"image": GIVEN}})
DATASET = parent("Dataset", "squad", {"filename": "a.jsonl", "source": {"image": GIVEN}})
TUNED = parent(
    "Model", "tuned", {"source": {"modelName": "opt"}, "training": {"datasetName": "squad"}}
)
UPSTREAM = [base_model(), base_dataset()]


def container(workload):
    return workload["spec"]["template"]["spec"]["containers"][0]


def trainer(**training):
    model = edited(TUNED, training={"datasetName": "squad", **training})
    return child(sync(model, [], UPSTREAM), "Job", "train")


def test_a_model_is_ready_at_once():
    answered = sync(MODEL)
    assert condition(answered, "Ready")[:2] == ("True", "ImageGiven")


def test_it_has_no_children():
    assert sync(MODEL)["children"] == []


def test_its_image_is_as_it_is_written():
    assert sync(MODEL)["status"]["containerImage"] == GIVEN


def test_its_provenance_has_the_image():
    assert sync(MODEL)["status"]["provenance"]["image"] == GIVEN


def test_an_edit_of_the_image_counts_at_once():
    before = {**MODEL, "status": sync(MODEL)["status"]}
    after = edited(before, source={"image": DIGEST})
    assert sync(after)["status"]["containerImage"] == DIGEST


def test_a_dataset_loads_without_a_build():
    found = child(sync(DATASET), "Job", "load")
    assert container(found)["image"] == GIVEN


@pytest.mark.parametrize(
    ("image", "pulled"),
    [
        pytest.param(GIVEN, "Always", id="a tag can move"),
        pytest.param(DIGEST, None, id="a digest cannot"),
        pytest.param("python", "Always", id="no tag is the latest"),
    ],
)
def test_an_image_is_pulled_each_time_where_it_can_change(image, pulled):
    found = child(sync(edited(DATASET, source={"image": image})), "Job", "load")
    assert container(found).get("imagePullPolicy") == pulled


def test_what_was_built_is_pulled_once():
    base = base_model(tag="0123456789abcdef0123456789abcdef")
    found = child(sync(TUNED, [], [base, base_dataset()]), "Job", "train")
    assert "imagePullPolicy" not in container(found)


def test_a_command_runs_in_place_of_the_script():
    given = {"command": ["python", "load.py"], "args": ["-v"]}
    found = child(sync(edited(DATASET, **given)), "Job", "load")
    assert container(found).items() >= given.items()


def test_arguments_are_given_to_the_script():
    found = container(child(sync(edited(DATASET, args=["-v"])), "Job", "load"))
    assert (found["command"], found["args"]) == (["load.sh"], ["-v"])


def test_a_training_runs_in_the_image_that_it_names():
    assert container(trainer(source={"image": GIVEN}))["image"] == GIVEN


@pytest.mark.parametrize(
    "training",
    [{"source": {"image": GIVEN}}, {"command": ["train"]}, {"args": ["-v"]}],
)
def test_what_trains_and_how_decides_the_result(training):
    assert trainer(**training)["metadata"]["name"] != trainer()["metadata"]["name"]


def test_two_images_with_one_tag_are_two_bases():
    def name(image):
        base = base_model()
        base["status"]["containerImage"] = image
        found = child(sync(TUNED, [], [base, base_dataset()]), "Job", "train")
        return found["metadata"]["name"]

    assert name("ghcr.io/a/llama:v1") != name("ghcr.io/b/llama:v1")


def test_a_base_model_in_another_registry_is_the_same():
    def name(registry):
        base = base_model()
        base["status"]["containerImage"] = f"{registry}/model-team.opt:aaaaaaaaaa"
        found = child(sync(TUNED, [], [base, base_dataset()]), "Job", "train")
        return found["metadata"]["name"]

    assert name("one.example.com") == name("two.example.com/sub")


def test_the_provenance_of_an_image_that_the_model_built_itself_has_the_run_that_built_it():
    run = "0123456789abcdef0123456789abcdef"
    own = f"registry.example.com/substratus/model-team.llama:{run}"
    assert sync(edited(MODEL, source={"image": own}))["status"]["provenance"]["hash"] == run


def test_the_provenance_of_an_image_that_another_built_has_a_run_of_its_own():
    run = "0123456789abcdef0123456789abcdef"
    foreign = f"registry.example.com/substratus/model-team.other:{run}"
    assert sync(edited(MODEL, source={"image": foreign}))["status"]["provenance"]["hash"] != run
