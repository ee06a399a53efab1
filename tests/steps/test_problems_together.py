"""Where several things are wrong at once: which is said, and what stays meanwhile."""

from calls import child, condition, edited, names_of
from fake_cluster import Stage
from objects import MODEL, TUNED, UPSTREAM

from hooks.settings import Settings

NAME = {"op": "replace", "path": "/metadata/name", "value": "x"}
LARGE = {
    "size": {"parameterCount": 10**12, "parameterBits": 16},
    "compute": {"types": ["GPU"]},
}


def patch(kind):
    """Return a patch that may not be."""
    return {"target": {"kind": kind}, "operations": [NAME]}


def said(stage, type_="Trained"):
    return condition(stage.answer(), type_)


def test_what_does_not_fit_is_said_before_a_patch_that_may_not_be():
    patches = [patch("PersistentVolumeClaim")]
    stage = Stage(edited(TUNED, **LARGE, patches=patches), related=UPSTREAM)
    assert said(stage)[1] == "DoesNotFit"


def test_of_two_patches_that_may_not_be_the_one_of_the_claim_is_said():
    patches = [patch("Job"), patch("PersistentVolumeClaim")]
    stage = Stage(edited(TUNED, patches=patches), related=UPSTREAM)
    assert said(stage)[:2] == ("False", "InvalidPatch")
    assert "spec.patches[1]" in said(stage)[2]


def test_a_claim_is_made_though_the_patch_of_its_job_may_not_be():
    answer = Stage(edited(TUNED, patches=[patch("Job")]), related=UPSTREAM).answer()
    assert names_of(answer) == []
    assert len(names_of(answer, "PersistentVolumeClaim")) == 1


def test_what_does_not_fit_makes_no_claim():
    assert Stage(edited(TUNED, **LARGE), related=UPSTREAM).answer()["children"] == []


PROXY = Settings.model_validate({"registry": {"insecure": True}})


def test_the_files_of_a_builder_stay_though_the_patch_of_the_next_job_may_not_be():
    made = Stage(MODEL).synced(settings=PROXY)
    files = [each["metadata"]["name"] for each in made.children if each["kind"] == "ConfigMap"]
    broken = made.only("ConfigMap").edited(patches=[patch("Job")])
    assert files == names_of(broken.answer(settings=PROXY), "ConfigMap") != []


def held(manifest):
    """Return an object of a child's name that is another's."""
    return {**manifest, "metadata": {**manifest["metadata"], "uid": "other"}}


def test_a_claim_is_asked_for_again_while_another_has_its_name():
    claim = child(Stage(TUNED, related=UPSTREAM).answer(), "PersistentVolumeClaim")
    answer = Stage(TUNED, related=(*UPSTREAM, held(claim))).answer()
    assert condition(answer, "Trained")[1] == "NameConflict"
    assert names_of(answer, "PersistentVolumeClaim") == [claim["metadata"]["name"]]
    assert names_of(answer) == []


def test_a_job_is_asked_for_again_while_another_has_its_name():
    job = child(Stage(TUNED, related=UPSTREAM).answer(), "Job")
    answer = Stage(TUNED, related=(*UPSTREAM, held(job))).answer()
    assert condition(answer, "Trained")[1] == "NameConflict"
    assert names_of(answer) == [job["metadata"]["name"]]
