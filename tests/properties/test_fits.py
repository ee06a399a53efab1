"""What holds for every legal Model on every platform: a fit that is the best, or DoesNotFit."""

from calls import parent
from hypothesis import given, note
from hypothesis import strategies as st

from hooks.api import ComputeType, Model
from hooks.platform.resources import Resources
from hooks.platform.sizing import GIB, TENTHS, DoesNotFit, Fit, fit
from hooks.settings import load
from hooks.step import Step
from substratus.manifests import platforms

PLATFORMS = {name: load(path.read_text(), source=name) for name, path in platforms().items()}
SIZES = st.fixed_dictionaries(
    {
        "parameterCount": st.integers(1, 10**15) | st.integers(10**6, 10**12),
        "parameterBits": st.integers(1, 128) | st.sampled_from([4, 8, 16, 32]),
    }
)
ROLES = st.sampled_from(list(TENTHS))
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


def only(accelerator, compute):
    """Return what there would be if an accelerator were all."""
    return compute.model_copy(update={"accelerators": (accelerator,), "cpu": False})


def wanted(spec):
    return (spec.compute.types if spec.compute else None) or [ComputeType.CPU]


def fits(spec, role):
    """Yield the fit of a Model on every platform, with what that platform has."""
    for platform, settings in PLATFORMS.items():
        note(platform)
        yield settings.compute, fit(spec, role, settings.compute)


def accelerated(spec, role):
    """Yield those fits that are on accelerators."""
    for compute, found in fits(spec, role):
        if isinstance(found, Fit) and found.accelerator:
            yield compute, found


@given(spec=specs(), role=ROLES)
def test_there_is_a_fit_or_it_does_not_fit_and_says_so(spec, role):
    for compute, found in fits(spec, role):
        if isinstance(found, DoesNotFit):
            assert found.message.endswith(".")
            assert not (compute.cpu and ComputeType.CPU in wanted(spec))
        else:
            assert isinstance(found, Fit)


@given(spec=specs(), role=ROLES)
def test_requests_equal_limits_for_accelerators(spec, role):
    for _, found in accelerated(spec, role):
        resources, name = found.resources(Resources()), found.accelerator.resource_name
        assert resources["limits"] == {name: resources["requests"][name]} == {name: str(found.gpus)}


@given(spec=specs(), role=ROLES)
def test_the_chosen_accelerator_holds_the_model_on_one_node(spec, role):
    for _, found in accelerated(spec, role):
        tenths = 11 if role is Step.SERVE else 22
        held = found.gpus * found.accelerator.memory_gib * GIB
        assert 10 * held >= tenths * found.weights
        assert found.gpus <= found.accelerator.max_per_node


@given(spec=specs(), role=ROLES)
def test_none_that_fits_is_cheaper_under_the_same_preferences(spec, role):
    for compute, found in accelerated(spec, role):
        for accelerator in compute.accelerators:
            if not accelerator.only_by_name:
                alone = fit(spec, role, only(accelerator, compute))
                if isinstance(alone, Fit):
                    assert cost(found) <= cost(alone)


@given(spec=specs(), role=ROLES)
def test_the_types_are_tried_in_their_order(spec, role):
    for compute, found in fits(spec, role):
        if isinstance(found, Fit) and found.accelerator is None:
            before = wanted(spec)[: wanted(spec).index(ComputeType.CPU)]
            if ComputeType.GPU in before:
                without_cpu = compute.model_copy(update={"cpu": False})
                assert isinstance(fit(spec, role, without_cpu), DoesNotFit)


@given(spec=specs(), role=ROLES)
def test_others_that_are_offered_are_no_better_and_as_many(spec, role):
    for compute, found in fits(spec, role):
        if isinstance(found, Fit):
            for accelerator in found.alternatives:
                other = fit(spec, role, only(accelerator, compute))
                assert isinstance(other, Fit)
                assert other.resources(Resources()) == found.resources(Resources())
                assert cost(found) <= cost(other)
