"""The commit and the digest, as the builder's Pod says them while it is there."""

import pytest
from calls import base_dataset, base_model, completed, edited, parent, sync
from fake_cluster import Stage, pod_of
from objects import DATASET, MODEL, SERVER, TRAINER, TUNED, UPSTREAM

DIGEST = f"sha256:{'5d' * 32}"
OTHER = f"sha256:{'6e' * 32}"
COMMIT = "c0ffee00" * 5


def ended(name, message):
    return {"name": name, "state": {"terminated": {"exitCode": 0, "message": message}}}


def succeeded(*, digest=DIGEST, commit=COMMIT):
    return {
        "phase": "Succeeded",
        "initContainerStatuses": [ended("clone", f"{commit}\n")],
        "containerStatuses": [ended("builder", f"{digest}\n")],
    }


def built(found, step="build", status=None, related=()):
    """Return a stage whose Job of a step is complete, with its Pod."""
    stage = Stage(found, related=related).after()
    while not any(of(step, each) for each in stage.children):
        stage = stage.after()
    (job,) = [each for each in stage.children if of(step, each)]
    job = completed(job)
    return stage.replacing(job).seeing(*related, pod_of(job, status or succeeded()))


def of(step, found):
    return found["kind"] == "Job" and found["metadata"]["labels"]["substratus.ai/step"] == step


def test_what_was_built_runs_by_its_digest():
    image = built(MODEL).answer()["status"]["containerImage"]
    assert image.endswith(f"@{DIGEST}")


def test_the_commit_is_in_the_provenance():
    assert built(MODEL).answer()["status"]["provenance"]["git"]["commit"] == COMMIT


def test_a_dataset_has_both():
    status = built(DATASET).answer()["status"]
    assert (status["image"].partition("@")[2], status["commit"]) == (DIGEST, COMMIT)


def test_a_trainer_has_both():
    status = built(TRAINER, "trainer", related=UPSTREAM).answer()["status"]["trainer"]
    assert (status["image"].partition("@")[2], status["commit"]) == (DIGEST, COMMIT)


def test_a_packaged_model_has_the_digest():
    packaging = Stage(TUNED, related=UPSTREAM).after().completed("train").after()
    (job,) = [each for each in packaging.children if of("package", each)]
    stage = packaging.replacing(completed(job)).seeing(
        *UPSTREAM, pod_of(completed(job), succeeded())
    )
    assert stage.answer()["status"]["containerImage"].endswith(f"@{DIGEST}")


@pytest.mark.parametrize("found", [MODEL, DATASET])
def test_both_remain_when_the_pod_is_gone(found):
    stage = built(found).after()
    assert stage.seeing().after().parent["status"] == stage.parent["status"]


def test_a_digest_that_is_seen_later_is_added():
    stage = built(MODEL)
    without = stage.seeing().after()
    assert "@" not in without.parent["status"]["containerImage"]
    later = without.seeing(*stage.related)
    assert later.answer()["status"]["containerImage"].endswith(f"@{DIGEST}")


def test_a_digest_that_is_known_stays():
    stage = built(MODEL).after()
    (job,) = [each for each in stage.children if of("build", each)]
    other = stage.seeing(pod_of(job, succeeded(digest=OTHER)))
    assert other.answer()["status"]["containerImage"].endswith(f"@{DIGEST}")


@pytest.mark.parametrize("said", ["", "sha256:5d", f"{DIGEST} and more", "$(id)", "#5 pushing"])
def test_what_has_not_the_form_of_a_digest_is_left_out(said):
    image = built(MODEL, status=succeeded(digest=said)).answer()["status"]["containerImage"]
    assert "@" not in image


def test_a_pod_of_another_owner_says_nothing():
    stage = built(MODEL)
    (pod,) = stage.related
    pod = {**pod, "metadata": {**pod["metadata"], "ownerReferences": []}}
    assert "@" not in stage.seeing(pod).answer()["status"]["containerImage"]


def with_digest(model):
    status = {**model["status"], "containerImage": f"{model['status']['containerImage']}@{DIGEST}"}
    return {**model, "status": status}


def test_a_digest_that_is_learnt_later_rolls_no_server():
    serving = Stage(SERVER, related=(base_model(),)).after().up().after()
    later = serving.seeing(with_digest(base_model()))
    assert later.answer()["children"] == serving.answer()["children"]


def test_nor_one_that_was_made_a_moment_ago():
    made = Stage(SERVER, related=(base_model(),)).after()
    later = made.seeing(with_digest(base_model()))
    assert later.answer()["children"] == made.answer()["children"]


def test_a_server_that_starts_later_runs_by_the_digest():
    server = parent("ModelServer", "opt", {"modelName": "opt"})
    (stateful_set,) = [
        each
        for each in sync(server, [], [with_digest(base_model())])["children"]
        if each["kind"] == "StatefulSet"
    ]
    (container,) = stateful_set["spec"]["template"]["spec"]["containers"]
    assert container["image"].endswith(f"@{DIGEST}")


def test_a_digest_of_the_base_model_trains_nothing_again():
    one = sync(TUNED, [], UPSTREAM)["children"]
    two = sync(TUNED, [], [with_digest(base_model()), base_dataset()])["children"]
    assert [each["metadata"]["name"] for each in one] == [each["metadata"]["name"] for each in two]


def test_another_commit_on_the_branch_builds_nothing_again():
    stage = built(MODEL).after()
    assert stage.answer()["children"] == stage.after().answer()["children"]


def test_a_new_run_forgets_the_commit_of_the_old_one():
    stage = built(DATASET).after()
    other = Stage(
        edited(stage.parent, source={"git": {"url": "https://example.com/other"}}),
        stage.children,
    )
    assert other.after().completed("build").answer()["status"].get("commit") is None
