"""What an object may cost a hook: counted on the largest legal objects, without a clock."""

import copy
from types import SimpleNamespace

import jsonpatch
import largest
import orjson
import pytest
from calls import base_dataset, base_model, condition, parent, sync
from fake_cluster import Stage
from pydantic import ValidationError

from hooks import api
from hooks.api import VALUES_LIMIT, Patch
from hooks.patches import Source, apply

UPSTREAM = [base_model(), base_dataset()]
CHECKS = ("misshapen", "changed", "beyond", "unstorable")
EVERY = [
    pytest.param(manifest, id=f"{name}, {sort}")
    for sort in largest.SORTS
    for name, manifest in largest.objects(sort).items()
]
every = pytest.mark.parametrize("manifest", EVERY)


@pytest.fixture
def work(monkeypatch):
    """Count the operations, the checks of a whole child, and the bytes that jsonpatch copies."""
    found = SimpleNamespace(operations=0, checks=dict.fromkeys(CHECKS, 0), copied=0)
    module = vars(__import__("hooks.patches.apply", fromlist=["apply"]))

    def counted(name):
        def check(*args, **kwargs):
            found.checks[name] += 1
            return original(*args, **kwargs)

        original = module[name]
        return check

    def copied(value):
        found.copied += len(orjson.dumps(value))
        return copy.deepcopy(value)

    def applied(self, child, **kwargs):
        found.operations += 1
        return original_apply(self, child, **kwargs)

    original_apply = jsonpatch.PatchOperation.apply
    for name in CHECKS:
        monkeypatch.setitem(module, name, counted(name))
    monkeypatch.setattr(jsonpatch, "copy", SimpleNamespace(deepcopy=copied))
    monkeypatch.setattr(jsonpatch.PatchOperation, "apply", applied)
    return found


@every
def test_a_child_is_checked_once_however_many_operations_there_are(manifest, work):
    sync(manifest, [], UPSTREAM)
    assert all(count <= 1 for count in work.checks.values()), work.checks


@every
def test_each_operation_is_applied_once(manifest, work):
    sync(manifest, [], UPSTREAM)
    assert 0 < work.operations <= largest.PATCHES * largest.OPERATIONS


@every
def test_what_is_copied_is_at_most_the_values_and_as_much_again(manifest, work):
    sync(manifest, [], UPSTREAM)
    assert work.copied <= 2 * VALUES_LIMIT


def test_the_largest_patches_go_through(work):
    """Else the counts above would be those of a refusal."""
    for manifest in largest.objects("values").values():
        conditions = sync(manifest, [], UPSTREAM)["status"]["conditions"]
        assert {each["reason"] for each in conditions}.isdisjoint(
            {"InvalidPatch", "InvalidConfiguration"}
        )
    assert work.operations == 5 * largest.PATCHES * largest.OPERATIONS


def test_copies_that_double_what_is_there_are_refused():
    manifest = largest.objects("copies")["Model"]
    assert condition(sync(manifest), "Built") == (
        "False",
        "InvalidPatch",
        (
            "spec.patches[0].operations[10] (copy /spec/template/spec/affinity/a9): "
            f"the patches copy more than {VALUES_LIMIT} bytes of the child."
        ),
    )


def test_the_settings_may_not_copy_without_end_either():
    patches = [Patch.model_validate(each) for each in largest.patches("copies", "Job")]
    job = {
        "kind": "Job",
        "metadata": {"labels": {}},
        "spec": {"template": {"metadata": {"labels": {}}, "spec": {"containers": []}}},
    }
    found = apply(job, [Source("settings", patches, trusted=True)])
    assert "copy more than" in found.message


@every
def test_no_child_is_larger_than_its_record_may_be(manifest):
    """The record is an annotation, and all annotations of an object have 262,144 bytes."""
    for each in Stage(manifest, related=tuple(UPSTREAM)).settled().children:
        annotations = each["metadata"]["annotations"]
        assert sum(len(key) + len(value.encode()) for key, value in annotations.items()) <= 262_144


def test_an_object_whose_child_would_be_larger_says_so():
    """A control character has six bytes in JSON."""
    env = [{"name": f"A{number}", "value": "\x01" * 1024} for number in range(32)]
    args = ["\x01" * 512] * 4
    git = {"url": "https://example.com/squad"}
    spec = {"filename": "a", "source": {"git": git}, "env": env, "args": args}
    loading = Stage(parent("Dataset", "squad", spec)).synced().completed("build")
    reason, message = condition(loading.answer(), "Loaded")[1:]
    assert reason == "InvalidConfiguration"
    assert message.endswith(
        " bytes, of at most 200000: shorten variables, parameters, commands or arguments."
    )


def nested(depth):
    value = "x"
    for _ in range(depth):
        value = [value]
    return value


TOO_MUCH = {
    "a value of many bytes": ["x" * 4096] * 4,
    "a value of many parts": [[1] * 100] * 10,
    "a value nested deep": nested(25),
    "a value nested deeper than JSON can be written": nested(300),
}


@pytest.mark.parametrize("value", TOO_MUCH.values(), ids=TOO_MUCH)
def test_an_object_whose_values_are_too_large_says_so_and_applies_none(value, work):
    operation = {"op": "add", "path": "/spec/template/spec/affinity", "value": value}
    patch = {"target": {"kind": "Job"}, "operations": [operation]}
    spec = {"source": {"git": {"url": "https://example.com/m"}}, "patches": [patch]}
    reason, message = condition(sync(parent("Model", "m", spec)), "Built")[1:]
    assert reason == "InvalidConfiguration"
    assert message.startswith(
        "spec.patches: the values of all patches may have 16384 bytes and 1000 parts, nested 24"
    )
    assert work.operations == 0


@pytest.mark.parametrize("depth", [1, 24])
def test_a_value_that_is_nested_less_is_taken(depth):
    operation = {"op": "add", "path": "/spec/x", "value": nested(depth)}
    patches = [{"target": {"kind": "Service"}, "operations": [operation]}]
    api.ModelServerSpec.model_validate({"modelName": "opt", "patches": patches})


def test_the_values_of_all_patches_count_together():
    operation = {"op": "add", "path": "/spec/x", "value": "x" * 4000}
    patch = {"target": {"kind": "Service"}, "operations": [operation]}
    api.ModelServerSpec.model_validate({"modelName": "opt", "patches": [patch] * 4})
    with pytest.raises(ValidationError, match="the values of all patches"):
        api.ModelServerSpec.model_validate({"modelName": "opt", "patches": [patch] * 5})
