"""A namespace with a ResourceQuota and a LimitRange, as administrators set them: all steps run."""

from mission import JOBS, PATIENCE, answer, steps, words
from readiness import wait_all_ready

QUOTA = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "team"},
    "spec": {
        "hard": {
            "pods": "8",
            "persistentvolumeclaims": "3",
            "requests.cpu": "12",
            "requests.memory": "24Gi",
            "requests.storage": "500Gi",
            "limits.cpu": "16",
            "limits.memory": "64Gi",
        }
    },
}
LIMIT_RANGE = {
    "apiVersion": "v1",
    "kind": "LimitRange",
    "metadata": {"name": "team"},
    "spec": {
        "limits": [
            {
                "type": "Container",
                "min": {"cpu": "50m", "memory": "64Mi"},
                "max": {"cpu": "4", "memory": "16Gi"},
                "default": {"cpu": "4", "memory": "16Gi"},
                "defaultRequest": {"cpu": "1", "memory": "1Gi"},
            },
            {"type": "PersistentVolumeClaim", "max": {"storage": "200Gi"}},
        ]
    },
}


def test_a_limit_range_gives_the_limits_that_a_quota_counts(cluster, stack, namespace):
    cluster.apply_objects(QUOTA, LIMIT_RANGE, namespace=namespace)
    cluster.apply_objects(*words(epochs=1), namespace=namespace)
    wait_all_ready(cluster, namespace, seconds=PATIENCE)
    assert steps(cluster, namespace) == JOBS
    assert answer(cluster, namespace) == "one two three four"
    assert used(cluster, namespace)["limits.memory"] == "48Gi"  # two servers and a notebook


def used(cluster, namespace):
    """Return what a quota counts now."""
    place = f"/api/v1/namespaces/{namespace}/resourcequotas/team"
    return cluster.http.get(place).raise_for_status().json()["status"]["used"]
