"""The command line, as a person would use it."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from yaml_files import parsed

from substratus import main

EXAMPLES = Path(__file__).parents[2] / "examples"
SMALL = str(EXAMPLES / "125m-cpu.yaml")


def run(*arguments, text=None):
    return CliRunner().invoke(main, [*arguments], input=text)


def children(result):
    return parsed(result.stdout)


@pytest.mark.parametrize("example", sorted(EXAMPLES.rglob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_renders(example, golden):
    result = run("render", "-f", str(example))
    assert result.exit_code == 0, result.stderr
    golden(Path(__file__).parent / "rendered" / example.name, children(result))


def test_a_step_narrows():
    found = children(run("render", "-f", SMALL, "--step", "train"))
    assert {each["kind"] for each in found} == {"Job", "PersistentVolumeClaim"}


def test_packaging_is_a_step_of_its_own():
    found = children(run("render", "-f", SMALL, "--step", "package"))
    assert {each["metadata"]["labels"]["substratus.ai/step"] for each in found} == {"package"}
    assert {each["kind"] for each in found} == {"Job", "ConfigMap"}


def test_each_child_names_its_parent_and_step():
    text = run("render", "-f", SMALL, "--step", "serve").stdout
    assert text.startswith("# ModelServer default/opt-125m, step serve\n")


def test_rendering_reads_standard_input():
    assert run("render", "-f", "-", text=Path(SMALL).read_text()).exit_code == 0


QUEUED = {
    "apiVersion": "substratus.ai/v1",
    "kind": "Dataset",
    "metadata": {"name": "squad"},
    "spec": {
        "filename": "squad.jsonl",
        "queue": "team-a",
        "source": {"git": {"url": "https://example.com/squad"}},
    },
}


def test_a_queue_has_room_offline():
    found = children(run("render", "-f", "-", text=yaml.safe_dump(QUEUED)))
    jobs = {each["metadata"]["labels"]["substratus.ai/step"]: each for each in found
            if each["kind"] == "Job"}  # fmt: skip
    assert {step: job["spec"]["suspend"] for step, job in jobs.items()} == {
        "build": True,
        "load": True,
    }


def test_a_simulation_shows_that_a_job_waited_in_the_queue():
    shown = run("simulate", "-f", "-", text=yaml.safe_dump(QUEUED)).stdout
    assert "Loaded False → True" in shown
    assert "Queued" in shown


def test_rendering_twice_gives_the_same_bytes():
    assert run("render", "-f", SMALL).stdout == run("render", "-f", SMALL).stdout


def test_what_cannot_be_rendered_is_reported():
    server = {
        "apiVersion": "substratus.ai/v1",
        "kind": "ModelServer",
        "metadata": {"name": "alone"},
        "spec": {"modelName": "nobody"},
    }
    result = run("render", "-f", "-", text=yaml.safe_dump(server))
    assert (result.exit_code, result.stderr) == (
        1,
        (
            "ModelServer default/alone is not complete: Model nobody is not in this namespace. "
            "Create it, or correct its name here.\n"
        ),
    )


def test_a_simulation_ends_with_all_objects_ready():
    result = run("simulate", "-f", SMALL)
    assert result.exit_code == 0
    assert result.stdout.rstrip().splitlines()[-1].split() == [
        "Notebook/opt-125m-squad",
        "True",
        "Running",
    ]


@pytest.mark.parametrize(
    ("failure", "line"),
    [
        ("Dataset/squad:load=OOMKilled", "Dataset/squad False LoadFailed"),
        ("Dataset/squad:load=exit3", "Dataset/squad False LoadFailed"),
        ("Dataset/squad:build=ImagePullBackOff", "Dataset/squad False ImagePullBackOff"),
        ("Model/opt-125m:build=exit1", "Model/opt-125m False BuildFailed"),
        ("Model/opt-125m-squad:train=Unschedulable", "Model/opt-125m-squad False Unschedulable"),
        ("ModelServer/opt-125m:serve=exit1", "ModelServer/opt-125m False CrashLoopBackOff"),
        ("ModelServer/opt-125m:serve=NeverReady", "ModelServer/opt-125m False ProbeFailing"),
        ("Notebook/opt-125m:notebook=Unschedulable", "Notebook/opt-125m False Unschedulable"),
    ],
)
def test_a_failure_is_reported(failure, line):
    result = run("simulate", "-f", SMALL, "--fail", failure)
    assert result.exit_code == 1
    assert line in [" ".join(each.split()[:3]) for each in result.stdout.splitlines()]


MISTAKES = {
    "a file that is not there": (["render", "-f", "nowhere.yaml"], "nowhere.yaml cannot be read"),
    "a failure of another form": (
        ["simulate", "-f", SMALL, "--fail", "x"],
        "KIND/NAME:STEP=REASON",
    ),
    "a failure that is not known": (
        ["simulate", "-f", SMALL, "--fail", "Dataset/squad:load=Tired"],
        "Tired is not a reason",
    ),
    "a settings file that is not there": (
        ["render", "-f", SMALL, "--platform", "nowhere"],
        "nowhere is neither a file nor one of the platforms aks, eks,",
    ),
}


@pytest.mark.parametrize(("arguments", "sentence"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_a_sentence(arguments, sentence):
    result = run(*arguments)
    assert result.exit_code != 0
    assert sentence in result.stderr
    assert "Traceback" not in result.output


def test_an_object_that_breaks_a_rule_is_reported_with_its_field():
    broken = Path(SMALL).read_text().replace("squad.jsonl", "../squad.jsonl")
    result = run("render", "-f", "-", text=broken)
    assert result.stderr.startswith(
        'Error: -:22: Dataset default/squad: spec.filename: "../squad.jsonl": must be a plain file'
    )


def test_the_controllers_can_be_printed_for_hooks_elsewhere():
    text = run("controllers", "--hooks", "http://127.0.0.1:1").stdout
    assert text.count("url: http://127.0.0.1:1/") == 9
