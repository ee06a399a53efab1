"""What holds for every legal Model on every platform: a fit that is the best, or DoesNotFit."""

import pytest
from calls import parent
from hypothesis import given
from hypothesis import strategies as st

from hooks.api import ComputeType, Model
from hooks.platform.sizing import FACTOR, GIB, DoesNotFit, Fit, fit
from hooks.settings import load
from hooks.step import Step
from substratus.manifests import platforms

PLATFORMS = {name: load(path.read_text(), source=name) for name, path in platforms().items()}
every_platform = pytest.mark.parametrize("platform", PLATFORMS)
SIZES = st.fixed_dictionaries(
    {
        "parameterCount": st.integers(1, 10**15) | st.integers(10**6, 10**12),
        "parameterBits": st.integers(1, 128) | st.sampled_from([4, 8, 16, 32]),
    }
)
TYPES = st.lists(st.sampled_from(["CPU", "GPU"]), min_size=1, max_size=2, unique=True)


@st.composite
def specs(draw):
    spec = {"source": {"git": {"url": "https://example.com/m"}}}
    size, types = draw(st.none() | SIZES), draw(st.none() | TYPES)
    spec |= {"size": size} if size else {}
    spec |= {"compute": {"types": types}} if types else {}
    return Model.model_validate(parent("Model", "m", spec)).spec


def cost(found):
    """Return what decides between two fits of one Model: preference, then price."""
    price = found.accelerator.price
    return (
        -found.accelerator.preference,
        price is None,
        0 if price is None else price * found.gpus,
    )


def wanted(spec):
    return (spec.compute.types if spec.compute else None) or [ComputeType.CPU]


@every_platform
@given(spec=specs(), role=st.sampled_from(list(FACTOR)))
def test_there_is_a_fit_or_it_does_not_fit_and_says_so(platform, spec, role):
    compute = PLATFORMS[platform].compute
    found = fit(spec, role, compute)
    if isinstance(found, DoesNotFit):
        assert found.message.endswith(".")
        assert not (compute.cpu and ComputeType.CPU in wanted(spec))
    else:
        assert isinstance(found, Fit)


@every_platform
@given(spec=specs(), role=st.sampled_from(list(FACTOR)))
def test_requests_equal_limits_for_accelerators(platform, spec, role):
    found = fit(spec, role, PLATFORMS[platform].compute)
    if isinstance(found, Fit) and found.accelerator:
        resources, name = found.resources(), found.accelerator.resource_name
        assert resources["limits"] == {name: resources["requests"][name]} == {name: str(found.gpus)}


@every_platform
@given(spec=specs(), role=st.sampled_from(list(FACTOR)))
def test_the_chosen_accelerator_holds_the_model_on_one_node(platform, spec, role):
    found = fit(spec, role, PLATFORMS[platform].compute)
    if isinstance(found, Fit) and found.accelerator:
        factor = 1 if role is Step.SERVE else 2
        held = found.gpus * found.accelerator.memory_gib * GIB
        assert 10 * held >= 11 * found.weights * factor
        assert found.gpus <= found.accelerator.max_per_node


@every_platform
@given(spec=specs(), role=st.sampled_from(list(FACTOR)))
def test_none_that_fits_is_cheaper_under_the_same_preferences(platform, spec, role):
    compute = PLATFORMS[platform].compute
    found = fit(spec, role, compute)
    if not (isinstance(found, Fit) and found.accelerator):
        return
    for each in compute.accelerators:
        if not each.only_by_name:
            alone = fit(
                spec,
                role,
                compute.model_copy(update={"accelerators": (each,), "cpu": False}),
            )
            if isinstance(alone, Fit):
                assert cost(found) <= cost(alone)


@every_platform
@given(spec=specs(), role=st.sampled_from(list(FACTOR)))
def test_the_types_are_tried_in_their_order(platform, spec, role):
    compute = PLATFORMS[platform].compute
    found = fit(spec, role, compute)
    if isinstance(found, Fit) and found.accelerator is None:
        before = wanted(spec)[: wanted(spec).index(ComputeType.CPU)]
        if ComputeType.GPU in before:
            none = compute.model_copy(update={"cpu": False})
            assert isinstance(fit(spec, role, none), DoesNotFit)


@every_platform
@given(spec=specs(), role=st.sampled_from(list(FACTOR)))
def test_others_that_are_offered_are_no_better_and_as_many(platform, spec, role):
    compute = PLATFORMS[platform].compute
    found = fit(spec, role, compute)
    if isinstance(found, Fit):
        for each in found.alternatives:
            alone = compute.model_copy(update={"accelerators": (each,), "cpu": False})
            other = fit(spec, role, alone)
            assert isinstance(other, Fit)
            assert other.resources() == found.resources()
            assert cost(found) <= cost(other)
