"""What happens to objects, in words, and what their conditions say then."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pods_in_trouble
import stages
import verdicts
from calls import NOW, base_model, parent
from fake_cluster import UP, Stage, pod_of, with_status
from objects import (
    DATASET,
    FULL_MODEL,
    LOADED_DATASET,
    LOADED_MODEL,
    NOTEBOOK,
    SERVER,
    TUNED,
    UPSTREAM,
)
from yaml_files import parsed, read

from hooks.settings import Settings

TESTS = Path(__file__).parents[1]
FAILURES = TESTS / "fixtures" / "failures"
RECORDED = TESTS / "fixtures" / "recorded"
RECORDED_AT = datetime(2026, 11, 24, 5, 10, tzinfo=UTC)
"""After the last of the failures."""
LATER = NOW + timedelta(minutes=5)


DEFAULTS = Settings()
REFUSED = read(TESTS / "api" / "rules.yaml")["refused"]


class Happening(NamedTuple):
    """A stage, and when and with which settings its hook is asked."""

    stage: Stage
    settings: Settings = Settings()
    now: datetime = NOW


def happenings() -> dict[str, Happening]:
    """Return all of them, by what happens; of two that say the same the first is taken."""
    return {
        **{name: Happening(stage) for name, stage in stages.named().items()},
        **{name: Happening(stage) for name, stage in stages.of_runs().items()},
        **dict(recorded_failures()),
        **of_jobs(),
        **of_the_loader(),
        **of_runtimes(),
        **of_servers(),
        **dict(of_pods()),
        **of_upstreams(),
        **of_hardware(),
        **of_storage(),
        **of_names(),
        **dict(of_patches()),
        **dict(of_rules()),
    }


def recorded_failures() -> Iterator[tuple[str, Happening]]:
    """Yield a Dataset whose load failed as a Pod and a Job of a real cluster did."""
    loading = Stage(DATASET).after().completed("build").synced()
    (job,) = (each for each in loading.children if each["kind"] == "Job" and "status" not in each)
    for path in sorted(FAILURES.glob("*.job.yaml")):
        name = path.name.removesuffix(".job.yaml")
        pods = parsed((FAILURES / f"{name}.pod.yaml").read_text())
        for pod in pods:
            pod["metadata"]["namespace"] = "team"
            pod["metadata"]["ownerReferences"][0]["uid"] = job["metadata"]["uid"]
        stage = loading.replacing({**job, "status": read(path)["status"]}).seeing(*pods)
        yield f"recorded: {name}", Happening(stage, now=RECORDED_AT)


def waiting(reason: str, message: str) -> dict:
    """Return the status of a Pod whose container waits."""
    state = {"waiting": {"reason": reason, "message": message}}
    return {"phase": "Pending", "containerStatuses": [{"name": "main", "state": state}]}


PENDING = {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "True"}]}
UNBOUND = {
    "phase": "Pending",
    "conditions": [
        {
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
        }
    ],
}
PULLS = {
    "an image that the registry does not let the cluster pull": "401 Unauthorized",
    "a registry without TLS": "http: server gave HTTP response to HTTPS client",
    "a registry with a certificate that no node trusts": "x509: unknown authority",
    "a registry that does not answer": "dial tcp: lookup registry: no such host",
    "an image that cannot be pulled for another reason": "context canceled",
}
QUEUED = Stage(parent("Dataset", "squad", {**DATASET["spec"], "queue": "team-a"}))


def of_jobs() -> dict[str, Happening]:
    """Return what happens to Jobs and their Pods beside what was recorded."""
    building = Stage(DATASET).after()
    job = building.children[0]
    started = with_status(job, startTime="2026-01-02T03:00:00Z")
    return {
        **{
            name: Happening(building.with_pod("Job", waiting("ErrImagePull", text)))
            for name, text in PULLS.items()
        },
        "a Pod that does not start": Happening(building.with_pod("Job", PENDING), now=LATER),
        "a Pod whose claim is not bound": Happening(building.with_pod("Job", UNBOUND), now=LATER),
        "a Pod that no node fits": Happening(
            building.with_pod(
                "Job",
                {
                    "phase": "Pending",
                    "conditions": [{**UNBOUND["conditions"][0], "message": None}],
                },
            )
        ),
        "a Job without a Pod": Happening(building.replacing(started), now=LATER),
        "a Job that somebody suspended": Happening(
            building.each("Job", lambda each: {**each, "spec": {**each["spec"], "suspend": True}})
        ),
        "a Job that took longer than its deadline": Happening(
            building.edited(deadlineSeconds=60).each("Job", too_late)
        ),
        "a Job that failed without a word": Happening(
            building.failed().each("Job", without_message)
        ),
        "a Pod that was evicted without a word": Happening(
            building.failed().with_pod("Job", {"phase": "Failed", "reason": "Evicted"})
        ),
        "a Pod of the Job before that has not ended": Happening(
            Stage(DATASET).seeing(pod_of(job, {"phase": "Running"}))
        ),
        "a Job of another run with this run's name": Happening(
            building.each("Job", of_another_run).completed()
        ),
        "a container that is started again and again": Happening(
            building.with_pod("Job", {**stages.CRASHED, "phase": "Running"})
        ),
    }


def without_message(job: dict) -> dict:
    return with_status(job, failed=1, conditions=[{"type": "Failed", "status": "True"}])


def too_late(job: dict) -> dict:
    condition = {
        "type": "Failed",
        "status": "True",
        "reason": "DeadlineExceeded",
        "message": "Job was active longer than specified deadline",
    }
    return with_status(job, failed=1, conditions=[condition])


def of_another_run(job: dict) -> dict:
    labels = {**job["metadata"]["labels"], "substratus.ai/run": "ffffffffff"}
    return {**job, "metadata": {**job["metadata"], "labels": labels}}


def of_the_loader() -> dict[str, Happening]:
    """Return the ends of our loader that have a meaning, and what the settings do not allow."""
    loading = Stage(LOADED_DATASET).after()
    bucket = Settings.model_validate({"storage": {"type": "gcs", "gcs": {"bucket": "weights"}}})
    in_bucket = Stage(LOADED_DATASET).synced(settings=bucket).started()
    return {
        **{f"a loader that ends with {code}": end_of(loading, code) for code in ENDS},
        "a loader without room in a bucket": end_of(in_bucket, 73, settings=bucket),
        "a loader that ends without a word": end_of(loading, 64, message=""),
        "an address that the settings do not allow": Happening(
            Stage(LOADED_DATASET).edited(source={"url": "pvc://shared/a.jsonl"})
        ),
    }


ENDS = {
    64: "spec.source.url names a folder: give files, so that one file matches.",
    65: "a.jsonl has another checksum than the Hub gives.",
    66: "rajpurkar/squad has no revision v9.",
    73: "a.jsonl needs 73 GB, and 10 GB are free.",
    75: "huggingface.co answered 503 to five attempts.",
    76: "a.jsonl changed while it was loaded.",
    77: "rajpurkar/squad is gated: give HF_TOKEN.",
    78: "files.example.com has the private address 10.0.0.1.",
}


def end_of(
    stage: Stage, code: int, *, message: str | None = None, settings: Settings = DEFAULTS
) -> Happening:
    """Return a load that failed with an exit code of the loader's."""
    said = ENDS[code] if message is None else message
    state = {"terminated": {"exitCode": code, "reason": "Error", "message": said}}
    status = {"phase": "Failed", "containerStatuses": [{"name": "loader", "state": state}]}
    return Happening(stage.failed().with_pod("Job", status), settings)


def of_runtimes() -> dict[str, Happening]:
    """Return weights that no runtime serves, and what a stock image cannot do."""
    loading = Stage(LOADED_MODEL).edited(runtime=None).after().completed()
    loaded = Stage(LOADED_MODEL).settled().parent
    no_table = Settings.model_validate({"runtimes": []})
    data = UPSTREAM[1]
    tuned = parent("Model", "tuned", {**TUNED["spec"], "source": {"modelName": "llm"}})
    source = LOADED_MODEL["spec"]["source"]
    one_of_several = Stage(LOADED_MODEL).edited(source={**source, "files": ["*.gguf"]})
    return {
        "weights of a format that nothing serves": Happening(
            Stage(LOADED_MODEL).edited(runtime=None, source={"url": source["url"]}).settled()
        ),
        "weights that the runtime does not serve": Happening(loading.edited(runtime="vllm")),
        "a runtime that the settings do not have": Happening(loading.edited(runtime="tgi")),
        "weights in a file that is not known": Happening(one_of_several.settled()),
        "a runtime that the settings no longer have": Happening(
            Stage(parent("ModelServer", "llm", {"modelName": "llm"})).seeing(loaded), no_table
        ),
        "a Notebook of a stock image": Happening(
            Stage(parent("Notebook", "llm", {"modelName": "llm"})).seeing(loaded)
        ),
        "a base Model that has no code": Happening(Stage(tuned).seeing(loaded, data)),
    }


def of_servers() -> dict[str, Happening]:
    """Return what happens to StatefulSets and their Pods."""
    new = Stage(SERVER, related=UPSTREAM).synced()
    waits = new.each("StatefulSet", lambda child: with_status(child, **UP | {"readyReplicas": 0}))
    up = new.up()
    several = Stage(parent("ModelServer", "opt", {"modelName": "opt", "replicas": 3}))
    partly = several.seeing(*UPSTREAM).synced().up()
    notebook = Stage(NOTEBOOK, related=UPSTREAM).synced()
    return {
        "a StatefulSet whose Pod crashes": Happening(
            waits.with_pod("StatefulSet", {**stages.CRASHED, "phase": "Running"})
        ),
        "a StatefulSet whose image cannot be pulled": Happening(
            waits.with_pod("StatefulSet", stages.PULLING)
        ),
        "a StatefulSet whose Pod does not start": Happening(
            waits.with_pod("StatefulSet", PENDING), now=LATER
        ),
        "a StatefulSet without a Pod": Happening(new.each("StatefulSet", empty), now=LATER),
        "a StatefulSet that is gone": Happening(up.only("Service")),
        "a StatefulSet that is to change": Happening(up.edited(env=[{"name": "A", "value": "b"}])),
        "a server with some Pods ready": Happening(partly),
        "a server with some Pods ready and one that crashes": Happening(
            partly.with_pod("StatefulSet", {**stages.CRASHED, "phase": "Running"})
        ),
        "a server that is scaled to zero": Happening(
            Stage(SERVER, related=UPSTREAM).edited(replicas=0).synced().each("StatefulSet", empty)
        ),
        "a notebook that is suspended": Happening(
            Stage(NOTEBOOK, related=UPSTREAM)
            .edited(suspend=True)
            .synced()
            .each("StatefulSet", empty)
        ),
        "a notebook whose Model is gone": Happening(notebook.up().seeing()),
    }


def of_pods() -> Iterator[tuple[str, Happening]]:
    """Yield Pods that make no progress."""
    for what, stage, now in (
        *pods_in_trouble.of_schedulers(),
        *pods_in_trouble.of_disruptions(),
        *pods_in_trouble.of_running(),
        *pods_in_trouble.of_changes(),
    ):
        yield what, Happening(stage, now=now)


def empty(stateful_set: dict) -> dict:
    return with_status(stateful_set, observedGeneration=1, replicas=0)


def of_upstreams() -> dict[str, Happening]:
    """Return what is wrong with a Model or a Dataset that another object needs."""
    base, data = UPSTREAM
    new = with_status(base)
    unready = {**base, "status": {**base["status"], "conditions": []}}
    imageless = {**base, "status": {**base["status"], "containerImage": "not an image"}}
    apart = {**base, "status": {**base["status"], "url": "s3://bucket/a/b/c/model/trained"}}
    invalid = base_model(size={"parameterBits": 999})
    elsewhere = {**data, "status": {**data["status"], "url": "gs://bucket/a/b/c/data/squad.jsonl"}}
    unknown = {**data, "status": {**data["status"], "url": "ftp://host/squad.jsonl"}}
    unready_data = {**data, "status": {"conditions": []}}
    tuned, server = Stage(TUNED), Stage(SERVER)
    ready = stages.trained_models()["a trained Model that is ready"]
    notebook = Stage(parent("Notebook", "tuned", {"modelName": "tuned"}))
    moved = json.loads(json.dumps(ready.parent).replace("pvc://squad-dataset", "gs://bucket"))
    return {
        "no base Model": Happening(tuned.seeing(data)),
        "no Dataset": Happening(tuned.seeing(base)),
        "a base Model that is new": Happening(tuned.seeing(new, data)),
        "a base Model that is not ready": Happening(tuned.seeing(unready, data)),
        "a base Model without an image": Happening(tuned.seeing(imageless, data)),
        "a base Model whose weights the settings lost": Happening(tuned.seeing(apart, data)),
        "a Dataset that is not ready": Happening(tuned.seeing(base, unready_data)),
        "a Dataset of a storage that the settings lost": Happening(tuned.seeing(base, elsewhere)),
        "a Dataset at an address that no storage has": Happening(tuned.seeing(base, unknown)),
        "a Model that is not ready": Happening(server.seeing(unready)),
        "a Model that is not valid": Happening(server.seeing(invalid)),
        "a Model that is not ready while its server runs": Happening(
            server.seeing(base).synced().up().seeing(unready)
        ),
        "a Notebook of a Model whose Dataset the settings lost": Happening(notebook.seeing(moved)),
        "a trained Model whose Dataset is gone": Happening(ready.seeing(base)),
        "a trained Model whose base is not ready": Happening(ready.seeing(unready, data)),
    }


HUGE = {"size": {"parameterCount": 10**12, "parameterBits": 16}, "compute": {"types": ["GPU"]}}


def of_hardware() -> dict[str, Happening]:
    """Return Models that nothing in the settings can hold, or that no builder there can build."""
    server, tuned = Stage(SERVER), Stage(TUNED)
    huge = base_model(**HUGE)
    pinned = base_model(compute={"accelerator": "nvidia-9gb"})
    nothing = Settings.model_validate({"compute": {"cpu": False, "accelerators": []}})
    gpu = base_model(compute={"types": ["GPU"]})
    no_gpus = Settings.model_validate({"compute": {"accelerators": []}})
    return {
        "a Model that is too large to serve": Happening(server.seeing(huge)),
        "a Model that is too large to train": Happening(tuned.edited(**HUGE).seeing(*UPSTREAM)),
        "an accelerator that is not in the settings": Happening(server.seeing(pinned)),
        "build secrets where the builder shows them": Happening(
            Stage(FULL_MODEL), Settings.model_validate({"builder": {"type": "kaniko"}})
        ),
        "no hardware at all": Happening(server.seeing(base_model()), nothing),
        "a Model for GPUs where there are none": Happening(server.seeing(gpu), no_gpus),
    }


def in_bucket(kind: str, bucket: str) -> Settings:
    """Return settings that store in a bucket."""
    azure = {"account": bucket, "container": "data", "secretName": "azure"}
    place = azure if kind == "azure" else {"bucket": bucket}
    return Settings.model_validate({"storage": {"type": kind, kind: place}})


def of_storage() -> dict[str, Happening]:
    """Return results that are lost, or that the settings cannot reach any more."""
    loaded = Stage(DATASET).settled()
    lost = json.loads(json.dumps(loaded.parent).replace("pvc://", "ftp://"))
    trained = Stage(TUNED, related=UPSTREAM)
    return {
        **{
            f"a result of another place in {kind}": Happening(
                trained.synced(settings=in_bucket(kind, "before")).completed("train"),
                in_bucket(kind, "after"),
            )
            for kind in ("s3", "azure")
        },
        "a claim that is gone": Happening(loaded.only()),
        "weights that no Pod can mount": Happening(Stage(SERVER, related=(elsewhere(),))),
        "a result at an address that no storage has": Happening(Stage(lost)),
    }


def elsewhere() -> dict:
    """Return a Model whose weights are in a storage that the settings do not have."""
    found = base_model()
    url = "s3://elsewhere/team/opt/aaaaaaaaaa/model/saved"
    return {**found, "status": {**found["status"], "url": url}}


def of_names() -> dict[str, Happening]:
    """Return children whose names others hold."""
    server = Stage(SERVER, related=UPSTREAM)
    service, _ = server.answer()["children"]
    service = {**service, "metadata": {**service["metadata"], "uid": "of-others"}}
    built = Stage(DATASET).after().completed("build")
    (claim,) = built.synced().only("PersistentVolumeClaim").children
    gone = {**claim["metadata"], "deletionTimestamp": "2026-01-02T03:04:05Z"}
    del gone["ownerReferences"]
    return {
        "a Service of somebody else": Happening(server.seeing(*UPSTREAM, service)),
        "a claim that is being deleted": Happening(built.seeing({**claim, "metadata": gone})),
    }


POD = "/spec/template/spec"
MAIN = f"{POD}/containers/0"
OPERATIONS = {
    "without a value": {"op": "add", "path": "/spec/backoffLimit"},
    "of what is not there": {"op": "remove", "path": "/spec/nothing"},
    "of a name": {"op": "replace", "path": "/metadata/name", "value": "x"},
    "that gives a privilege": {"op": "add", "path": f"{POD}/hostNetwork", "value": True},
    "of another type": {"op": "replace", "path": "/spec", "value": "x"},
    "that repeats a container": {
        "op": "add",
        "path": f"{POD}/containers/-",
        "value": {"name": "builder", "image": "x"},
    },
    "that mounts a volume twice": {
        "op": "copy",
        "from": f"{MAIN}/volumeMounts/0",
        "path": f"{MAIN}/volumeMounts/-",
    },
    "to nothing": {"op": "add", "path": f"{POD}/affinity", "value": {"nodeAffinity": None}},
    "to an empty list": {"op": "add", "path": f"{POD}/tolerations", "value": []},
    "to a fraction": {"op": "add", "path": f"{POD}/terminationGracePeriodSeconds", "value": 1.5},
    "to a quantity in another form": {
        "op": "replace",
        "path": f"{MAIN}/resources/requests/memory",
        "value": "2048Mi",
    },
    "of a member that is not there": {"op": "add", "path": f"{POD}/x/y", "value": "x"},
    "that tests another value": {"op": "test", "path": "/spec/backoffLimit", "value": 9},
    "of a long text": {"op": "add", "path": f"{POD}/schedulerName", "value": "x" * 8193},
    "of a long list": {"op": "add", "path": f"{POD}/tolerations", "value": [1] * 129},
    "of a value of many parts": {
        "op": "add",
        "path": f"{POD}/tolerations",
        "value": [[1] * 99] * 11,
    },
}
LAX = {
    "a sidecar that is root under restricted": {**verdicts.CONTEXT, "runAsUser": 0},
    "a sidecar that may gain privileges": {**verdicts.CONTEXT, "allowPrivilegeEscalation": True},
}
DOUBLED = {"op": "copy", "from": f"{POD}/volumes", "path": f"{POD}/volumes/0/x"}
LARGE = {"op": "add", "path": f"{POD}/affinity/a", "value": "x" * 8192}


def of_patches() -> Iterator[tuple[str, Happening]]:
    """Yield patches that are refused, in an object and in the settings."""
    for name, operation in OPERATIONS.items():
        patch = {"target": {"kind": "Job"}, "operations": [operation]}
        yield f"a patch {name}", Happening(Stage(DATASET).edited(patches=[patch]))
    for verdict in verdicts.ILLEGAL:
        yield f"a patch of {verdict.name}", Happening(verdict.stage, verdict.settings)
    for name, context in LAX.items():
        operation = verdicts.sidecar(securityContext=context)
        sidecar = verdicts.Verdict(
            name, "serve", "StatefulSet", [operation], settings=verdicts.RESTRICTED
        )
        yield f"a patch of {name}", Happening(sidecar.stage, verdicts.RESTRICTED)
    target = {"kind": "Job", "step": "build", "container": "trainer"}
    patch = {"target": target, "operations": [OPERATIONS["of what is not there"]]}
    yield (
        "a patch of a container that is not there",
        Happening(Stage(DATASET).edited(patches=[patch])),
    )
    large = [{"name": f"A{number}", "value": "\x01" * 1024} for number in range(32)]
    larger = Stage(DATASET).edited(env=large, args=["\x01" * 512] * 4).synced().completed("build")
    yield "variables and arguments that no Job has room for", Happening(larger)
    secret = {"name": "A", "valueFrom": {"secretKeyRef": {"name": "registry", "key": "a"}}}
    yield (
        "a variable with the value of a Secret of the settings",
        Happening(Stage(DATASET).edited(env=[secret]), verdicts.SETTINGS),
    )
    copies = [{**DOUBLED, "path": f"{POD}/volumes/0/x{number}"} for number in range(16)]
    patch = {"target": {"kind": "Job"}, "operations": copies}
    yield "a patch that doubles what is there", Happening(Stage(DATASET).edited(patches=[patch]))
    added = [{**LARGE, "path": f"/metadata/annotations/a{number}"} for number in range(16)]
    large = [{"target": {"kind": "Job"}, "operations": added}] * 2
    large[1] = {**large[0], "operations": [{**each, "path": f"{each['path']}b"} for each in added]}
    settings = Settings.model_validate({"patches": large})
    yield "patches of the settings that are very large", Happening(Stage(DATASET), settings)
    patch = {"target": {"kind": "Job"}, "operations": [OPERATIONS["of a name"]]}
    settings = Settings.model_validate({"patches": [patch]})
    yield "a patch of the settings that is refused", Happening(Stage(DATASET), settings)
    running = Stage(DATASET).after().edited(patches=[patch])
    yield "a patch that is refused while a Job runs", Happening(running)


def of_rules() -> Iterator[tuple[str, Happening]]:
    """Yield objects that break a rule of the API, as one that is older than the rule does."""
    for case in REFUSED:
        found = case["object"]
        known = parent(found["kind"], found["metadata"]["name"], found["spec"])
        yield f"refused by the API: {case['case']}", Happening(Stage(known))
