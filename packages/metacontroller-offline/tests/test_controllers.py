"""Deployments, ReplicaSets, DaemonSets, CronJobs and Jobs of several Pods move as real ones do."""

from datetime import timedelta

import pytest
from engine import job
from metacontroller_offline import Rule, Scenario, Simulation, Workload
from metacontroller_offline.errors import UnsupportedError
from metacontroller_offline.scenario import ExitCode, NeverReady

MINUTE = timedelta(minutes=1)


def run(*manifests, outcome=None, kind="", horizon=5 * MINUTE, times=None):
    rules = [Rule(Workload(kind=kind), outcome, times)] if outcome else []
    sim = Simulation(manifests, lambda _: {}, scenario=Scenario(rules))
    sim.settle(horizon)
    return sim


def template(image="x:1"):
    return {
        "metadata": {"labels": {"app": "a"}},
        "spec": {"containers": [{"name": "main", "image": image}]},
    }


def workload(kind, image="x:1", **spec):
    return {
        "apiVersion": "apps/v1",
        "kind": kind,
        "metadata": {"name": "a", "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": {"app": "a"}},
            "template": template(image),
            **spec,
        },
    }


def status(sim, kind, api_version="apps/v1", name="a"):
    return sim.cluster.get(api_version, kind, "default", name).get("status") or {}


def conditions(sim, kind, **place):
    found = status(sim, kind, **place).get("conditions", [])
    return {each["type"]: (each["status"], each["reason"]) for each in found}


def images(sim):
    return [each["spec"]["containers"][0]["image"] for each in sim.cluster.list("v1", "Pod")]


def test_a_replica_set_has_its_pods():
    found = status(run(workload("ReplicaSet", replicas=3)), "ReplicaSet")
    assert (found["replicas"], found["readyReplicas"]) == (3, 3)


def test_a_replica_set_that_shrinks_loses_pods():
    sim = run(workload("ReplicaSet", replicas=3))
    sim.cluster.apply(workload("ReplicaSet", replicas=1))
    sim.settle()
    assert len(images(sim)) == 1


def test_a_pod_that_is_deleted_is_made_again():
    sim = run(workload("ReplicaSet", replicas=1))
    (pod,) = sim.cluster.list("v1", "Pod")
    sim.cluster.delete(("v1", "Pod", "default", pod["metadata"]["name"]))
    sim.settle()
    assert status(sim, "ReplicaSet")["readyReplicas"] == 1


def test_a_deployment_becomes_available():
    sim = run(workload("Deployment", replicas=2))
    assert status(sim, "Deployment")["availableReplicas"] == 2
    assert conditions(sim, "Deployment") == {
        "Available": ("True", "MinimumReplicasAvailable"),
        "Progressing": ("True", "NewReplicaSetAvailable"),
    }


@pytest.mark.parametrize("strategy", ["RollingUpdate", "Recreate"])
def test_a_new_template_replaces_every_pod(strategy):
    chosen = {"replicas": 3, "strategy": {"type": strategy}}
    sim = run(workload("Deployment", **chosen))
    sim.cluster.apply(workload("Deployment", "x:2", **chosen))
    sim.settle()
    assert images(sim) == ["x:2"] * 3
    assert status(sim, "Deployment")["updatedReplicas"] == 3


def test_a_rollout_keeps_enough_pods():
    spec = {"replicas": 4, "strategy": {"rollingUpdate": {"maxUnavailable": 1, "maxSurge": 1}}}
    sim = run(workload("Deployment", **spec))
    sim.cluster.apply(workload("Deployment", "x:2", **spec))
    fewest = min(status(sim, "Deployment")["availableReplicas"] for _ in sim.run())
    assert fewest == 3


def test_a_rollout_that_never_becomes_ready_says_so():
    sim = run(workload("Deployment"), outcome=NeverReady(), kind="Deployment", horizon=20 * MINUTE)
    assert conditions(sim, "Deployment") == {
        "Available": ("False", "MinimumReplicasUnavailable"),
        "Progressing": ("False", "ProgressDeadlineExceeded"),
    }


def test_old_replica_sets_are_kept_as_long_as_they_may_be():
    sim = run(workload("Deployment", revisionHistoryLimit=1))
    for version in range(2, 6):
        sim.cluster.apply(workload("Deployment", f"x:{version}", revisionHistoryLimit=1))
        sim.settle()
    assert len(sim.cluster.list("apps/v1", "ReplicaSet")) == 2


def test_what_a_deployment_owns_goes_with_it():
    sim = run(workload("Deployment"))
    sim.cluster.delete(("apps/v1", "Deployment", "default", "a"))
    sim.settle()
    assert (images(sim), sim.cluster.list("apps/v1", "ReplicaSet")) == ([], [])


def test_a_daemon_set_has_a_pod_on_the_node():
    found = status(run(workload("DaemonSet")), "DaemonSet")
    assert (found["desiredNumberScheduled"], found["numberReady"]) == (1, 1)


def test_a_daemon_set_replaces_its_pod():
    sim = run(workload("DaemonSet"))
    sim.cluster.apply(workload("DaemonSet", "x:2"))
    sim.settle()
    assert images(sim) == ["x:2"]


def test_a_daemon_set_on_delete_keeps_its_pod():
    chosen = {"updateStrategy": {"type": "OnDelete"}}
    sim = run(workload("DaemonSet", **chosen))
    sim.cluster.apply(workload("DaemonSet", "x:2", **chosen))
    sim.settle()
    assert images(sim) == ["x:1"]


def cron_job(schedule="*/10 * * * *", **spec):
    return {
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": {"name": "a", "namespace": "default"},
        "spec": {"schedule": schedule, "jobTemplate": {"spec": job()["spec"]}, **spec},
    }


def jobs(sim):
    return sim.cluster.list("batch/v1", "Job")


def test_a_cron_job_runs_at_its_times():
    sim = run(cron_job(successfulJobsHistoryLimit=10), horizon=61 * MINUTE)
    assert len(jobs(sim)) == 6


def test_a_cron_job_keeps_three_of_its_jobs():
    assert len(jobs(run(cron_job(), horizon=61 * MINUTE))) == 3


def test_a_cron_job_that_is_suspended_runs_nothing():
    assert jobs(run(cron_job(suspend=True), horizon=61 * MINUTE)) == []


def test_a_cron_job_says_when_it_last_ran():
    found = status(run(cron_job(), horizon=61 * MINUTE), "CronJob", "batch/v1")
    assert found["lastScheduleTime"] < found["lastSuccessfulTime"]


def slow(policy):
    """Return the Jobs of a CronJob whose Jobs run longer than it takes until the next time."""
    made = cron_job("* * * * *", concurrencyPolicy=policy)
    sim = run(made, outcome=NeverReady(), kind="Job", horizon=5 * MINUTE)
    return len(jobs(sim))


def test_a_cron_job_may_forbid_a_second_job():
    assert slow("Forbid") == 1


def test_a_cron_job_may_replace_its_job():
    assert slow("Replace") == 1


def test_a_cron_job_may_run_several_jobs():
    assert slow("Allow") > 3


def test_a_job_runs_as_many_pods_as_it_completes():
    sim = run(job(completions=3, parallelism=2))
    found = status(sim, "Job", "batch/v1", "a-job")
    assert (found["succeeded"], len(images(sim))) == (3, 3)


def test_a_job_runs_as_many_at_once_as_it_may():
    sim = Simulation([job(completions=3, parallelism=2)], lambda _: {})
    most = 0
    for _ in sim.run():
        running = [
            each
            for each in sim.cluster.list("v1", "Pod")
            if (each.get("status") or {}).get("phase") == "Running"
        ]
        most = max(most, len(running))
    assert most == 2


def test_an_indexed_job_has_a_pod_for_each_index():
    sim = run(job(completions=3, parallelism=3, completionMode="Indexed"))
    found = status(sim, "Job", "batch/v1", "a-job")
    names = sorted(each["metadata"]["name"][:7] for each in sim.cluster.list("v1", "Pod"))
    assert (found["completedIndexes"], names) == ("0-2", ["a-job-0", "a-job-1", "a-job-2"])


def test_a_pod_of_an_index_knows_it():
    sim = run(job(completions=1, completionMode="Indexed"))
    (pod,) = sim.cluster.list("v1", "Pod")
    (variable,) = pod["spec"]["containers"][0]["env"]
    assert variable["name"] == "JOB_COMPLETION_INDEX"
    assert pod["metadata"]["labels"]["batch.kubernetes.io/job-completion-index"] == "0"


def test_an_index_that_fails_is_tried_again():
    made = job(completions=3, parallelism=3, completionMode="Indexed")
    sim = run(made, outcome=ExitCode(1), kind="Job", times=1)
    found = status(sim, "Job", "batch/v1", "a-job")
    assert (found["failed"], found["completedIndexes"]) == (1, "0-2")


def test_a_job_without_completions_ends_with_its_first_pod_that_succeeds():
    found = status(run(job(parallelism=1)), "Job", "batch/v1", "a-job")
    assert found["succeeded"] == 1


def test_what_a_job_cannot_do_here_is_refused():
    made = job(completions=2, completionMode="Indexed", backoffLimitPerIndex=1)
    with pytest.raises(UnsupportedError, match="backoffLimitPerIndex is not simulated"):
        run(made)
