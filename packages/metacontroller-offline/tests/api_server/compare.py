"""What the offline API server answers to a case, in the form in which the real one's is kept."""

from cases import BASES, changes, comparable, creations, digest, title
from metacontroller_offline import Cluster
from metacontroller_offline.errors import ApiError


def answered(write, manifest):
    try:
        return digest(write(manifest))
    except ApiError as error:
        return [error.code, str(error)]


def offline(base):
    """Return the offline answers to all cases of a base."""
    created = {name: answered(Cluster().create, each) for name, each in creations(base)}
    stored = Cluster().create(base)
    changed = {}
    for name, each in changes(stored):
        cluster = Cluster()
        cluster.create(base)
        changed[name] = answered(cluster.update, each)
    return {"stored": comparable(stored), "created": created, "changed": changed}


def is_same(ours, theirs):
    if isinstance(theirs, str) or isinstance(ours, str):
        return ours == theirs
    return ours[0] == theirs[0]


def differences(base, recorded):
    """Yield each case whose answers differ: what was done, what is offline, what is real."""
    ours = offline(base)
    if ours["stored"] != recorded["stored"]:
        yield "stored", ours["stored"], recorded["stored"]
    for part in ("created", "changed"):
        for name, theirs in recorded[part].items():
            answer = ours[part].get(name, "no such case")
            if not is_same(answer, theirs):
                yield f"{part} {name}", answer, theirs


def counted(recorded):
    """Return how many cases there are, and those that differ, by base."""
    found = {title(base): list(differences(base, recorded[title(base)])) for base in BASES}
    cases = sum(len(each["created"]) + len(each["changed"]) for each in recorded.values())
    return cases, found
