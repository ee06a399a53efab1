"""How long a Job stays: a finished one for its logs, one that runs for its work."""

from datetime import timedelta

import pytest
from calls import NOW, names_of
from fake_cluster import Stage, step_of, with_status
from objects import DATASET, MODEL

from hooks.settings import Settings

HOUR = Settings.model_validate({"jobs": {"keepFinished": "1h"}})
LOADING = Stage(DATASET).after().completed().after().only("Job", "PersistentVolumeClaim")
LOADING = LOADING._replace(
    children=tuple(child for child in LOADING.children if step_of(child) == "load")
)
(LOAD,) = (each["metadata"]["name"] for each in LOADING.children if each["kind"] == "Job")
COMPLETE = {"type": "Complete", "status": "True", "lastTransitionTime": "2026-01-02T03:00:00Z"}


def built(**status):
    """Return a Model whose build has completed, with this status of its Job."""
    stage = Stage(MODEL).after().completed().synced()
    return stage.each("Job", lambda job: with_status(job, **status))


@pytest.mark.parametrize(
    ("status", "seconds"),
    [
        pytest.param({"completionTime": "2026-01-02T02:34:05Z"}, 1801, id="when it completed"),
        pytest.param({}, 3356, id="when its condition became true, where it says no more"),
    ],
)
def test_a_complete_job_is_kept_so_long_from(status, seconds):
    answer = built(conditions=[COMPLETE], **status).answer(settings=HOUR)
    assert len(names_of(answer)) == 1
    assert answer["resyncAfterSeconds"] == seconds
    assert (
        names_of(
            built(conditions=[COMPLETE], **status).answer(
                settings=HOUR, now=NOW + timedelta(seconds=seconds)
            )
        )
        == []
    )


@pytest.mark.parametrize(
    ("reason", "name", "stays"),
    [
        pytest.param("Evicted", LOAD, False, id="too often ended by the kubelet"),
        pytest.param("Evicted", "another", True, id="another was"),
        pytest.param("LoadFailed", LOAD, True, id="failed for another reason"),
    ],
)
def test_a_job_whose_image_is_lost_goes_only_where_the_status_gave_it_up(reason, name, stays):
    said = {**COMPLETE, "type": "Loaded", "status": "False", "reason": reason}
    said["message"] = f"The data's load failed in Job {name}. It was so."
    found = LOADING._replace(parent={**DATASET, "status": {"conditions": [said]}})
    assert (LOAD in names_of(found.answer())) == stays
