"""A server or a notebook with Pods keeps the template that it was given until an input changes."""

import copy
import json

import pytest
from calls import base_model, child, edited, parent, stored, sync

from hooks.settings import Settings

SERVER = parent("ModelServer", "opt", {"modelName": "opt"})
NOTEBOOK = parent("Notebook", "opt", {"modelName": "opt"})
UP = {"observedGeneration": 1, "replicas": 1, "readyReplicas": 1}
RECORD = "metacontroller.k8s.io/last-applied-configuration"
every_kind = pytest.mark.parametrize("found", [SERVER, NOTEBOOK], ids=["a server", "a notebook"])


def of_an_older_version(found, *, status=UP):
    """Return the children of an object as a version of the hooks with other templates made them."""
    children = [
        stored(each, found, **(status if each["kind"] == "StatefulSet" else {}))
        for each in sync(found, [], [base_model()])["children"]
    ]
    for each in children:
        if each["kind"] == "StatefulSet":
            each["spec"] = copy.deepcopy(each["spec"])
            each["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] = 7
            record = json.loads(each["metadata"]["annotations"][RECORD])
            record["spec"] = each["spec"]
            each["metadata"]["annotations"][RECORD] = json.dumps(record)
    return children


def is_held(answer):
    template = child(answer, "StatefulSet")["spec"]["template"]
    return template["spec"].get("terminationGracePeriodSeconds") == 7


@every_kind
def test_an_upgrade_restarts_nothing(found):
    assert is_held(sync(found, of_an_older_version(found), [base_model()]))


@every_kind
def test_one_without_pods_takes_the_new_template(found):
    children = of_an_older_version(found, status={"observedGeneration": 1, "replicas": 0})
    assert not is_held(sync(found, children, [base_model()]))


def test_a_notebook_that_is_resumed_takes_the_new_template():
    suspended = edited(NOTEBOOK, suspend=True)
    children = of_an_older_version(suspended, status={"observedGeneration": 2, "replicas": 0})
    assert not is_held(sync(edited(suspended, suspend=False), children, [base_model()]))


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"registry": {"url": "other.example.com/x"}}, id="another registry"),
        pytest.param({"builder": {"type": "kaniko"}}, id="another builder"),
        pytest.param({"compute": {"accelerators": []}}, id="no accelerators"),
        pytest.param({"jobs": {"killLimit": 9}}, id="other Jobs"),
        pytest.param(
            {
                "patches": [
                    {
                        "target": {"kind": "StatefulSet"},
                        "operations": [
                            {
                                "op": "add",
                                "path": "/spec/template/spec/schedulerName",
                                "value": "high",
                            }
                        ],
                    }
                ]
            },
            id="patches",
        ),
    ],
)
@every_kind
def test_a_setting_that_is_not_an_input_restarts_nothing(found, settings):
    given = Settings.model_validate(settings)
    assert is_held(sync(found, of_an_older_version(found), [base_model()], settings=given))


@pytest.mark.parametrize(
    "settings",
    [
        pytest.param({"registry": {"pullSecrets": ["a"]}}, id="pull Secrets"),
        pytest.param({"identity": {"type": "gke"}}, id="an identity"),
        pytest.param({"pods": {"security": "restricted"}}, id="what Pods may do"),
    ],
)
@every_kind
def test_a_setting_that_is_an_input_brings_the_new_template(found, settings):
    given = Settings.model_validate(settings)
    assert not is_held(sync(found, of_an_older_version(found), [base_model()], settings=given))


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(base_model(tag="bbbbbbbbbb"), id="a Model that was built again"),
        pytest.param(
            base_model(size={"parameterCount": 10**10, "parameterBits": 16}), id="a larger Model"
        ),
        pytest.param(base_model(compute={"types": ["GPU"]}), id="a Model on other hardware"),
    ],
)
@every_kind
def test_an_edit_of_the_model_brings_the_new_template(found, model):
    assert not is_held(sync(found, of_an_older_version(found), [model]))


@every_kind
def test_an_edit_of_its_env_brings_the_new_template(found):
    after = edited(found, env=[{"name": "A", "value": "b"}])
    assert not is_held(sync(after, of_an_older_version(found), [base_model()]))


def test_another_number_of_replicas_restarts_nothing():
    answer = sync(edited(SERVER, replicas=3), of_an_older_version(SERVER), [base_model()])
    assert is_held(answer)
    assert child(answer, "StatefulSet")["spec"]["replicas"] == 3


def test_a_digest_that_is_learnt_later_restarts_nothing():
    model = base_model()
    model["status"]["containerImage"] += f"@sha256:{'0' * 64}"
    assert is_held(sync(SERVER, of_an_older_version(SERVER), [model]))


def test_the_hash_is_the_same_in_every_version():
    """A hash that changes with an upgrade would restart everything that runs."""
    answer = sync(SERVER, [], [base_model()])
    annotations = child(answer, "StatefulSet")["metadata"]["annotations"]
    assert annotations["substratus.ai/inputs"] == "ce5ceab0b8cbd83df494f3d12df5d52f"
