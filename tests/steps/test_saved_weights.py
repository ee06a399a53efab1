"""A Model's weights that are apart from its image: a server and a notebook mount them read-only."""

import pytest
from calls import base_model, child, condition, parent, sync

from hooks.settings import Settings

URL = "pvc://opt-model-aaaaaaaaaa/team/opt/aaaaaaaaaa/model/saved"
SERVER = parent("ModelServer", "opt", {"modelName": "opt"})
NOTEBOOK = parent("Notebook", "opt", {"modelName": "opt"})
GCS = Settings.model_validate({"storage": {"type": "gcs", "gcs": {"bucket": "weights"}}})
every_kind = pytest.mark.parametrize("found", [SERVER, NOTEBOOK], ids=["a server", "a notebook"])


def model(url=URL):
    """Return a Model whose weights are at an address."""
    found = base_model()
    return {**found, "status": {**found["status"], "url": url}}


def pod(found, url=URL, settings=None):
    answered = sync(found, [], [model(url)], settings=settings)
    return child(answered, "StatefulSet")["spec"]["template"]


@every_kind
def test_they_are_where_an_image_would_hold_them(found):
    mounts = pod(found)["spec"]["containers"][0]["volumeMounts"]
    assert [each for each in mounts if each["mountPath"] == "/model/saved"] == [
        {
            "name": "weights",
            "mountPath": "/model/saved",
            "subPath": "team/opt/aaaaaaaaaa/model/saved",
            "readOnly": True,
        }
    ]


@every_kind
def test_their_claim_is_a_volume(found):
    volume = {"name": "weights", "persistentVolumeClaim": {"claimName": "opt-model-aaaaaaaaaa"}}
    assert volume in pod(found)["spec"]["volumes"]


@every_kind
def test_a_variable_says_where_they_are(found):
    env = pod(found)["spec"]["containers"][0]["env"]
    assert {"name": "MODEL_DIR", "value": "/model/saved"} in env


@every_kind
def test_the_driver_of_a_bucket_gets_its_annotation(found):
    template = pod(found, "gs://weights/team/opt/aaaaaaaaaa/model/saved", GCS)
    assert template["metadata"]["annotations"]["gke-gcsfuse/volumes"] == "true"


@every_kind
def test_weights_that_no_pod_can_mount_are_a_condition(found):
    reason, message = condition(sync(found, [], [model("s3://elsewhere/a/b/c")]), "Ready")[1:]
    assert reason == "ModelNotReady"
    assert message.endswith("The settings have no storage that reaches 's3://elsewhere/a/b/c'.")


@every_kind
def test_other_weights_roll_the_pods(found):
    def inputs(url):
        made = child(sync(found, [], [model(url)]), "StatefulSet")
        return made["metadata"]["annotations"]["substratus.ai/inputs"]

    assert inputs(URL) != inputs(URL.replace("aaaaaaaaaa", "bbbbbbbbbb"))


@every_kind
def test_an_image_that_holds_them_has_no_such_mount(found):
    template = child(sync(found, [], [base_model()]), "StatefulSet")["spec"]["template"]
    assert "/model/saved" not in str(template)
