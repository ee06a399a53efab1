"""`substratus diff`: what a change would run again, roll or delete."""

import json
import re

import pytest
import yaml

from cli.commands import EXAMPLES, LARGE, SMALL, run

OBJECTS = [each for each in yaml.safe_load_all((EXAMPLES / "125m-cpu.yaml").read_text()) if each]


def edited(kind, name, edit):
    """Return the small example with one object edited."""
    objects = yaml.safe_load_all(yaml.safe_dump_all(OBJECTS))
    return yaml.safe_dump_all(
        [
            edit(each) or each if (each["kind"], each["metadata"]["name"]) == (kind, name) else each
            for each in objects
        ]
    )


def without(kind, name):
    return yaml.safe_dump_all(
        each for each in OBJECTS if (each["kind"], each["metadata"]["name"]) != (kind, name)
    )


def effects(result):
    """Return what happens, without the names of runs."""
    return [
        (each["effect"], each["kind"], each["parent"][0], each["parent"][2], each["step"])
        for each in json.loads(result.stdout)["changes"]
    ]


def difference(new):
    return run("diff", SMALL, "-", "-o", "json", text=new)


def test_no_difference_is_nothing_and_0():
    result = run("diff", SMALL, SMALL)
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_difference_is_1():
    assert run("diff", SMALL, LARGE).exit_code == 1


@pytest.mark.parametrize(
    "arguments",
    [["nowhere", SMALL], [SMALL], [SMALL, SMALL, SMALL], [SMALL, "pyproject.toml"]],
    ids=["a file that is not there", "one side", "three sides", "a file of another sort"],
)
def test_trouble_is_2_and_a_sentence(arguments):
    result = run("diff", *arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr


def test_an_edit_that_computes_nothing_else_changes_nothing():
    def edit(each):
        each["metadata"]["labels"] = {"team": "a"}

    assert effects(difference(edited("Dataset", "squad", edit))) == []


def test_a_filename_loads_again_and_trains_again_what_was_trained_on_it():
    def edit(each):
        each["spec"]["filename"] = "train.jsonl"

    assert effects(difference(edited("Dataset", "squad", edit))) == [
        ("runs", "Job", "Dataset", "squad", "load"),
        ("runs", "Job", "Model", "opt-125m-squad", "train"),
        ("runs", "Job", "Model", "opt-125m-squad", "package"),
        ("rolls", "StatefulSet", "ModelServer", "opt-125m-squad", "serve"),
        ("rolls", "StatefulSet", "Notebook", "opt-125m-squad", "notebook"),
        ("appears", "PersistentVolumeClaim", "Model", "opt-125m-squad", "train"),
        ("deleted", "PersistentVolumeClaim", "Model", "opt-125m-squad", "train"),
    ]


def test_a_size_rolls_the_server_and_the_notebook_and_runs_nothing():
    def edit(each):
        each["spec"]["size"]["parameterCount"] = 10**10

    assert effects(difference(edited("Model", "opt-125m", edit))) == [
        ("rolls", "StatefulSet", "ModelServer", "opt-125m", "serve"),
        ("rolls", "StatefulSet", "Notebook", "opt-125m", "notebook"),
    ]


def test_a_notebook_that_is_suspended_stops():
    def edit(each):
        each["spec"]["suspend"] = True

    assert effects(difference(edited("Notebook", "opt-125m", edit))) == [
        ("stops", "StatefulSet", "Notebook", "opt-125m", "notebook")
    ]


def test_a_notebook_that_is_gone_takes_its_claim_with_it():
    found = effects(difference(without("Notebook", "opt-125m")))
    assert ("deleted", "PersistentVolumeClaim", "Notebook", "opt-125m", "notebook") in found


def test_the_base_model_that_is_gone_deletes_only_what_is_its_own():
    found = effects(difference(without("Model", "opt-125m")))
    assert {(each[0], each[2], each[3]) for each in found} == {("gone", "Model", "opt-125m")}


def test_what_is_not_ready_then_is_reported():
    assert (
        "ModelServer default/opt-125m would not be ready"
        in difference(without("Model", "opt-125m")).stderr
    )


def test_a_retry_of_what_is_complete_runs_nothing():
    def edit(each):
        each["metadata"]["annotations"] = {"substratus.ai/retry": "1"}

    assert effects(difference(edited("Dataset", "squad", edit))) == []


def test_another_registry_runs_nothing(tmp_path):
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text("{}")
    new.write_text("registry: {url: other.example.com/x}")
    result = run("diff", str(old), str(new), "-f", SMALL, "-o", "json")
    assert (result.exit_code, effects(result)) == (0, [])


def test_another_size_of_gpus_rolls_nothing_that_runs(tmp_path):
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text("{}")
    gpu = {"name": "large", "memoryGiB": 80, "maxPerNode": 8, "nodeSelector": {"gpu": "large"}}
    new.write_text(yaml.safe_dump({"compute": {"accelerators": [gpu]}}))
    result = run("diff", str(old), str(new), "-f", LARGE, "-o", "json")
    assert {effect for effect, *_ in effects(result)} == {"keeps"}


def test_what_keeps_its_template_says_what_its_next_change_brings_along(tmp_path):
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text("{}")
    gpu = {"name": "large", "memoryGiB": 80, "maxPerNode": 8, "nodeSelector": {"gpu": "large"}}
    new.write_text(yaml.safe_dump({"compute": {"accelerators": [gpu]}}))
    text = run("diff", str(old), str(new), "-f", LARGE).stdout
    assert text.startswith(
        "StatefulSet falcon-40b-modelserver of ModelServer default/falcon-40b keeps its template, "
        "since none of its inputs changes. The next change of one brings along spec.template."
    )
    assert "StatefulSet falcon-40b-modelserver, with its next change\n" in text


def test_two_settings_files_need_objects(tmp_path):
    settings = tmp_path / "settings.yaml"
    settings.write_text("{}")
    result = run("diff", str(settings), str(settings))
    assert (result.exit_code, "name the objects with --file" in result.stderr) == (2, True)


@pytest.fixture
def written(tmp_path):
    """Return the directory of the small example's children."""
    run("simulate", "-f", SMALL, "--write", str(tmp_path))
    return tmp_path


def test_a_rendered_directory_is_a_version(written):
    assert run("diff", str(written), SMALL).exit_code == 0


def of_another_version(written, old, new):
    """Let the server's StatefulSet have been written by a version of the package that differs."""
    (file,) = written.glob("default/modelserver-opt-125m/*-statefulset-*.yaml")
    file.write_text(re.sub(old, new, file.read_text()))
    return run("diff", str(written), SMALL, "-o", "json")


def test_a_rendered_directory_is_read_with_all_below_it_and_nothing_is_said_of_that(written):
    assert run("diff", str(written), SMALL).stderr == ""


def test_another_version_of_the_package_that_asks_for_another_port_rolls_nothing(written):
    result = of_another_version(written, "8080", "8081")
    assert effects(result) == [("keeps", "StatefulSet", "ModelServer", "opt-125m", "serve")]


def test_the_same_inputs_without_a_hash_of_them_roll(written):
    of_another_version(written, "substratus.ai/inputs: .*", "example.com/other: a")
    result = of_another_version(written, "8080", "8081")
    assert effects(result) == [("rolls", "StatefulSet", "ModelServer", "opt-125m", "serve")]


def test_the_yaml_is_compared_with_the_job_that_it_takes_the_place_of():
    def edit(each):
        each["spec"]["filename"] = "train.jsonl"

    text = run("diff", SMALL, "-", text=edited("Dataset", "squad", edit)).stdout
    assert "-          value: /data/squad.jsonl\n+          value: /data/train.jsonl\n" in text


def test_a_sentence_is_before_the_yaml():
    def edit(each):
        each["spec"]["suspend"] = True

    text = run("diff", SMALL, "-", text=edited("Notebook", "opt-125m", edit)).stdout
    assert text.startswith(
        "StatefulSet opt-125m-notebook of Notebook default/opt-125m would stop; it is kept, "
        "without a Pod.\n\n--- default/notebook-opt-125m/StatefulSet opt-125m-notebook\n"
    )
