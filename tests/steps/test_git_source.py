"""What of a git source decides a build, and what its build gets."""

import pytest
from calls import child, condition, edited, parent, sync
from objects import FULL_MODEL, GIT

from hooks.settings import Settings

COMMIT = "c0ffee00" * 5
SECRET = {"id": "pip", "secretKeyRef": {"name": "tokens", "key": "pip"}}
MODEL = parent("Model", "opt", {"source": GIT})


def build(settings=None, **git):
    model = edited(MODEL, source={"git": {**GIT["git"], **git}})
    return child(sync(model, settings=settings), "Job", "build")


def pod(job):
    return job["spec"]["template"]["spec"]


def test_a_commit_is_what_is_fetched():
    (clone,) = pod(build(commit=COMMIT))["initContainers"]
    assert clone["args"] == ["https://example.com/x", COMMIT]


@pytest.mark.parametrize("git", [{"commit": COMMIT}, {"buildSecrets": [SECRET]}])
def test_a_commit_and_the_ids_of_secrets_decide_the_result(git):
    assert build(**git)["metadata"]["name"] != build()["metadata"]["name"]


def test_which_secret_one_comes_from_decides_nothing():
    other = {"id": "pip", "secretKeyRef": {"name": "others", "key": "x"}}
    one, two = build(buildSecrets=[SECRET]), build(buildSecrets=[other])
    assert one["metadata"]["name"] == two["metadata"]["name"]


def test_the_order_of_secrets_decides_nothing():
    other = {"id": "npm", "secretKeyRef": {"name": "tokens", "key": "npm"}}
    one, two = build(buildSecrets=[SECRET, other]), build(buildSecrets=[other, SECRET])
    assert one["metadata"]["name"] == two["metadata"]["name"]


def test_a_secret_reaches_the_builder_and_not_the_clone():
    spec = pod(build(buildSecrets=[SECRET]))
    assert "build-secrets" in {each["name"] for each in spec["containers"][0]["volumeMounts"]}
    assert "build-secrets" not in str(spec["initContainers"])


def test_no_status_has_a_secret():
    assert "tokens" not in str(sync(FULL_MODEL)["status"])


def test_where_the_builder_shows_secrets_nothing_is_built():
    settings = Settings.model_validate({"builder": {"type": "kaniko"}})
    answered = sync(FULL_MODEL, settings=settings)
    assert (condition(answered, "Built")[1], answered["children"]) == ("NotSupported", [])
