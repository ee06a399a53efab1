"""The largest objects that tests and the benchmark measure are legal, and could not be larger."""

import copy

import largest
import pytest
from test_cel import in_cel, in_python, is_refused_by_the_api_server, schema_violations

EVERY = {
    f"{name}, {sort}": manifest
    for sort in largest.SORTS
    for name, manifest in largest.objects(sort).items()
}


@pytest.mark.parametrize("manifest", EVERY.values(), ids=EVERY)
def test_it_is_legal(manifest):
    assert schema_violations(manifest) == set()
    assert in_cel(manifest) == {}
    assert in_python(manifest) == {}


KEYS = {"args", "command", "env", "extra", "operations", "patches"}


def lists(value, at=()):
    """Yield the place of every list and map of a spec that a limit holds for."""
    if at[-1:] in {(key,) for key in KEYS}:
        yield at
    inner = value.items() if isinstance(value, dict) else ()
    inner = enumerate(value) if isinstance(value, list) else inner
    for key, each in inner:
        if key not in {"value", 1}:
            yield from lists(each, (*at, key))


PLACES = [
    (name, at) for name, manifest in EVERY.items() for at in lists(manifest["spec"], ("spec",))
]


@pytest.mark.parametrize(("name", "at"), PLACES, ids=str)
def test_no_list_could_be_longer(name, at):
    manifest = copy.deepcopy(EVERY[name])
    found = manifest
    for key in at:
        found = found[key]
    if isinstance(found, dict):
        found["another"] = "x"
    else:
        last = copy.deepcopy(found[-1])
        is_named = isinstance(last, dict) and "name" in last
        found.append({**last, "name": "ANOTHER"} if is_named else last)
    assert is_refused_by_the_api_server(manifest)
    assert in_python(manifest)


def test_a_server_could_not_have_more_replicas():
    manifest = copy.deepcopy(EVERY["ModelServer, values"])
    manifest["spec"]["replicas"] += 1
    assert is_refused_by_the_api_server(manifest)
    assert in_python(manifest)
