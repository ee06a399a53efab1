"""What was last applied of a child: a record that is not of this very object counts for nothing."""

import json

import pytest
from calls import child
from fake_cluster import Stage
from objects import SERVER, TUNED, UPSTREAM

RECORD = "metacontroller.k8s.io/last-applied-configuration"
TRAINING = Stage(TUNED, related=UPSTREAM).after()


def recorded(**changed):
    """Return the training's Job as the hook asks for it, where its record says something else."""

    def edited(job):
        record = json.loads(job["metadata"]["annotations"][RECORD])
        for key, value in changed.items():
            (record["metadata"] if key in record["metadata"] else record)[key] = value
        annotations = {**job["metadata"]["annotations"], RECORD: json.dumps(record)}
        return {**job, "metadata": {**job["metadata"], "annotations": annotations}}

    return child(TRAINING.each("Job", edited).answer(), "Job")


def test_a_job_is_asked_for_as_it_was_applied():
    assert recorded()["spec"] == child(TRAINING.answer(), "Job")["spec"]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"name": "other"}, id="another name"),
        pytest.param({"namespace": "other"}, id="another namespace"),
        pytest.param({"kind": "CronJob"}, id="another kind"),
        pytest.param({"apiVersion": "batch/v2"}, id="another version"),
        pytest.param({"metadata": "x"}, id="no metadata"),
    ],
)
def test_one_whose_record_is_anothers_is_left_as_it_is(changed):
    job = recorded(**changed)
    (held,) = (each for each in TRAINING.children if each["kind"] == "Job")
    assert job == {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": held["metadata"]["name"], "namespace": "team"},
    }


def test_a_server_without_a_record_is_not_about_to_be_changed():
    serving = Stage(SERVER, related=UPSTREAM).synced().up()

    def bare(found):
        return {**found, "metadata": {**found["metadata"], "annotations": {}}}

    adopted = serving.each("StatefulSet", bare).answer()["status"]["conditions"]
    assert adopted == serving.answer()["status"]["conditions"]
