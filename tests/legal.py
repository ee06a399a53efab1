"""Objects that the CRDs take, of every kind and with every field, as hypothesis makes them."""

from string import ascii_lowercase, ascii_uppercase, digits

from calls import parent
from hypothesis import strategies as st
from legal_names import SUBDOMAINS

TEXT = st.text(max_size=40)
NAME = SUBDOMAINS
TIME = st.just("2026-01-02T03:04:05Z")
COUNT = st.integers(1, 10**15)
CONDITION = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Ready", "Built", "Loaded", "Trained", "Serving", "Else"]),
        "status": st.sampled_from(["True", "False", "Unknown"]),
        "reason": st.text(min_size=1, max_size=20),
        "message": TEXT,
        "lastTransitionTime": TIME,
    }
)
URL = st.one_of(
    TEXT, st.sampled_from(["pvc://c/team/a/b/data/f", "pvc://c", "pvc://", "gs://a/b/c/d"])
)
GIT = st.fixed_dictionaries(
    {"url": st.sampled_from(["https://example.com/a", "ssh://git@host/a.git"])},
    optional={
        "branch": st.sampled_from(["main", "v1"]),
        "path": st.sampled_from(["a", "a/b/"]),
        "commit": st.sampled_from(["a" * 40, "0" * 64]),
        "buildSecrets": st.lists(
            st.sampled_from(["a", "b.c_d"]).map(
                lambda name: {"id": name, "secretKeyRef": {"name": "s", "key": name}}
            ),
            min_size=1,
            max_size=2,
            unique_by=lambda each: each["id"],
        ),
    },
)
EXTRA = st.dictionaries(
    st.text(f"{ascii_lowercase}{digits}_", max_size=9)
    .map(lambda text: text.lstrip(f"{digits}_") or "a")
    .filter(lambda name: name != "epochs"),
    st.text(max_size=9),
    max_size=3,
)
PARAMS = st.fixed_dictionaries(
    {}, optional={**dict.fromkeys(("epochs", "batchSize", "dataLimit"), COUNT), "extra": EXTRA}
)
SECRET = {"secretKeyRef": {"name": "hf", "key": "token"}}
ENV = st.lists(
    st.builds(
        lambda name, source: {"name": name, **source},
        st.text(f"{ascii_uppercase}{digits}_", max_size=4).map(
            lambda text: text.lstrip(digits) or "_"
        ),
        st.one_of(
            st.fixed_dictionaries({"value": st.text(max_size=9)}),
            st.just({"valueFrom": SECRET}),
        ),
    ),
    max_size=3,
    unique_by=lambda each: each["name"],
).filter(lambda given: all(each["name"] != "PATH" for each in given))
VALUE = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-1, 10**12), st.floats(0, 1), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
_PARTS = [
    *("spec", "template", "metadata", "labels", "annotations", "containers", "volumes", "ports"),
    *("selector", "suspend", "name", "kind", "resources", "requests", "memory", "volumeMounts"),
    *("securityContext", "0", "1", "-", "x", "substratus.ai~1step"),
]
POINTER = st.lists(st.sampled_from(_PARTS), min_size=1, max_size=7).map("/".join).map("/{}".format)
OPERATION = st.one_of(
    st.fixed_dictionaries(
        {"op": st.sampled_from(["add", "replace", "test"]), "path": POINTER, "value": VALUE}
    ),
    st.fixed_dictionaries({"op": st.just("remove"), "path": POINTER}),
    st.fixed_dictionaries(
        {"op": st.sampled_from(["move", "copy"]), "path": POINTER, "from": POINTER}
    ),
)


def patches(*kinds):
    target = st.fixed_dictionaries({"kind": st.sampled_from(kinds)})
    operations = st.lists(OPERATION, min_size=1, max_size=3)
    return st.lists(st.fixed_dictionaries({"target": target, "operations": operations}), max_size=2)


JOBS = {
    "deadlineSeconds": st.integers(1, 31_536_000),
    "retries": st.integers(0, 100),
    "queue": st.just("team-a"),
    "patches": patches("Job", "PersistentVolumeClaim"),
}
HARDWARE = {
    "size": st.just({})
    | st.fixed_dictionaries({"parameterCount": COUNT, "parameterBits": st.integers(1, 128)}),
    "compute": st.fixed_dictionaries(
        {}, optional={"types": st.lists(st.sampled_from(["CPU", "GPU"]), min_size=1, unique=True)}
    )
    | st.just({"types": ["GPU"], "accelerator": "nvidia-24gb"})
    | st.just({"accelerator": "else"}),
}
IMAGE = st.sampled_from(["python:3.12", f"ghcr.io/team/x@sha256:{'a' * 64}", "r.example:5000/x"])
SOURCE = st.fixed_dictionaries({"git": GIT}) | st.fixed_dictionaries({"image": IMAGE})
LOADED = st.fixed_dictionaries(
    {
        "url": st.sampled_from(
            ["hf://org/name@v1", "https://example.com/a#sha256=" + "a" * 64, "s3://bucket/a/"]
        )
    },
    optional={"files": st.lists(st.sampled_from(["*.jsonl", "a/b?.gguf"]), min_size=1)},
)
COMMAND = {
    "command": st.just(["python", "-c", "$(A) ; x"]),
    "args": st.lists(st.text(max_size=4), min_size=1, max_size=2),
}
TRAINING = st.fixed_dictionaries(
    {"datasetName": NAME},
    optional={"params": PARAMS, "source": SOURCE, **COMMAND},
)
SPECS = {
    "Dataset": st.one_of(
        st.fixed_dictionaries(
            {"filename": st.just("a.jsonl"), "source": SOURCE},
            optional={**JOBS, **COMMAND, "env": ENV},
        ),
        st.fixed_dictionaries({"filename": st.just("a.jsonl"), "source": LOADED}, optional=JOBS),
    ),
    "Model": st.one_of(
        st.fixed_dictionaries({"source": SOURCE}, optional={**HARDWARE, **JOBS}),
        st.fixed_dictionaries(
            {"source": LOADED},
            optional={**HARDWARE, **JOBS, "runtime": st.sampled_from(["vllm", "else"])},
        ),
        st.fixed_dictionaries(
            {
                "source": st.fixed_dictionaries({"modelName": NAME.filter(lambda n: n != "case")}),
                "training": TRAINING,
            },
            optional={
                **HARDWARE,
                **JOBS,
                "env": ENV,
                "packaging": st.sampled_from(["Image", "Storage"]),
            },
        ),
    ),
    "ModelServer": st.fixed_dictionaries(
        {"modelName": NAME},
        optional={
            "replicas": st.integers(0, 64),
            "args": st.lists(st.text(max_size=4), min_size=1, max_size=2),
            "env": ENV,
            "patches": patches("StatefulSet", "Service"),
        },
    ),
    "Notebook": st.fixed_dictionaries(
        {"modelName": NAME},
        optional={
            "suspend": st.booleans(),
            "env": ENV,
            "patches": patches("StatefulSet", "Service", "PersistentVolumeClaim"),
        },
    ),
}
MADE_OF = st.fixed_dictionaries(
    {"url": TEXT},
    optional={"commit": TEXT, "buildSecrets": st.lists(TEXT, max_size=2)},
)
PROVENANCE = st.fixed_dictionaries(
    {"hash": TEXT},
    optional={
        "git": MADE_OF,
        "trainer": TEXT,
        "trainerGit": MADE_OF,
        "baseModel": st.fixed_dictionaries({"name": NAME, "image": TEXT}, optional={"url": URL}),
        "packaging": st.sampled_from(["Image", "Storage"]),
        "dataset": st.fixed_dictionaries({"name": NAME, "url": URL}),
        "params": PARAMS,
        "env": st.lists(
            st.fixed_dictionaries({"name": TEXT}, optional={"value": TEXT}), max_size=2
        ),
        "rebuild": TEXT,
        "url": st.fixed_dictionaries(
            {"url": URL}, optional={"format": st.text(max_size=9), "file": TEXT, "bytes": COUNT}
        ),
    },
)
STATUS = st.fixed_dictionaries(
    {},
    optional={
        "url": URL,
        "image": TEXT,
        "commit": TEXT,
        "trainer": st.fixed_dictionaries({"image": TEXT}, optional={"commit": TEXT}),
        "containerImage": st.one_of(TEXT, st.just("registry/m:aaaaaaaaaa")),
        "trainedUrl": URL,
        "runtime": st.sampled_from(["vllm", "else"]),
        "mountedBy": st.lists(TEXT, max_size=2),
        "provenance": PROVENANCE,
        "servers": st.lists(TEXT, max_size=3),
        "observedGeneration": st.integers(0, 3),
        "conditions": st.lists(CONDITION, max_size=4, unique_by=lambda each: each["type"]),
    },
)
ANNOTATIONS = st.dictionaries(
    st.sampled_from(["substratus.ai/retry", "substratus.ai/rebuild", "other"]), TEXT
)


@st.composite
def objects(draw, kind=None, name="case"):
    kind = kind or draw(st.sampled_from(sorted(SPECS)))
    spec, status = draw(SPECS[kind]), draw(STATUS)
    found = parent(kind, name, spec, status=status, annotations=draw(ANNOTATIONS))
    found["metadata"]["generation"] = draw(st.integers(0, 3))
    return found
