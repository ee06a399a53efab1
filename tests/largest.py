"""The largest legal object of each kind: every field as long, and every list as full, as may be.

The patches are of three sorts, since what costs most differs: values of as many bytes and parts as
may be, operations that move and compare, and copies that would double what is there.
"""

from calls import parent

from hooks.api import REPLICAS_LIMIT

NAME = ("a" * 63 + ".") * 3 + "a" * 61
ANNOTATIONS = {"substratus.ai/retry": "r" * 100_000, "substratus.ai/rebuild": "b" * 100_000}
GIT = {
    "url": "https://example.com/" + "a" * 1004,
    "path": "a/" * 511 + "aa",
    "branch": "b" * 255,
}
ENV = [{"name": f"A{number:02}" + "B" * 250, "value": "v" * 1024} for number in range(32)]
EXTRA = {f"a{number:02}" + "b" * 60: "v" * 512 for number in range(32)}
COMMAND = {"command": ["c" * 1024] * 32, "args": ["a" * 1024] * 32}
"""Half as long as may be: with longer ones the Job of the largest Model would be too large."""
JOBS = {"deadlineSeconds": 31_536_000, "retries": 100, "queue": "q" * 63}
POD = "/spec/template/spec"

PATCHES = 8
OPERATIONS = 16


def toleration(number):
    return {"key": f"key-{number:04}", "operator": "Exists", "effect": "NoSchedule"}


def values():
    """Return operations whose values have nearly all the bytes and parts that there may be."""
    first = {"op": "add", "path": f"{POD}/tolerations", "value": [toleration(0)]}
    more = {"op": "add", "path": f"{POD}/tolerations/-"}
    # Of 1,000 parts the list of all values is one, and each toleration is four.
    return [first, *({**more, "value": toleration(number)} for number in range(1, 128))]


def moves():
    """Return operations that compare, and that move items of a list from its start to its end."""
    given = [toleration(number) for number in range(120)]
    back = {"op": "move", "from": f"{POD}/tolerations/0", "path": f"{POD}/tolerations/-"}
    same = {"op": "test", "path": f"{POD}/tolerations/0", "value": toleration(7)}
    return [{"op": "add", "path": f"{POD}/tolerations", "value": given}, *[back] * 126, same]


def copies():
    """Return operations each of which would double what is there."""
    first = {"op": "add", "path": f"{POD}/affinity", "value": {"a": {"b": "c"}}}
    copied = {"op": "copy", "from": f"{POD}/affinity", "path": f"{POD}/affinity/a"}
    return [first, *({**copied, "path": f"{POD}/affinity/a{number}"} for number in range(127))]


SORTS = {"values": values, "moves": moves, "copies": copies}


def patches(sort, kind):
    """Return as many patches as there may be, with as many operations as there may be."""
    operations = SORTS[sort]()
    return [
        {"target": {"kind": kind}, "operations": operations[start : start + OPERATIONS]}
        for start in range(0, len(operations), OPERATIONS)
    ]


def objects(sort):
    """Return the largest object of each kind, with patches of a sort."""
    of_jobs, of_sets = patches(sort, "Job"), patches(sort, "StatefulSet")
    dataset = {"filename": "f" * 255, "source": {"git": GIT}, "env": ENV, **COMMAND, **JOBS}
    built = {"source": {"git": GIT}, **JOBS}
    trained = {
        "source": {"modelName": "opt"},
        "training": {"datasetName": "squad", "params": {"extra": EXTRA}, **COMMAND},
        "size": {"parameterCount": 10**9, "parameterBits": 128},
        "compute": {"types": ["GPU", "CPU"]},
        "env": ENV,
        **JOBS,
    }
    return {
        name: parent(kind, NAME, {**spec, "patches": given}, annotations=ANNOTATIONS)
        for name, kind, spec, given in (
            ("Dataset", "Dataset", dataset, of_jobs),
            ("Model", "Model", built, of_jobs),
            ("trained Model", "Model", trained, of_jobs),
            (
                "ModelServer",
                "ModelServer",
                {"modelName": "opt", "replicas": REPLICAS_LIMIT, "env": ENV},
                of_sets,
            ),
            ("Notebook", "Notebook", {"modelName": "opt", "env": ENV}, of_sets),
        )
    }
