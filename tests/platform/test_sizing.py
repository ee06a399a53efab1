"""The sizing rules, in the numbers that a person can work out by hand."""

import pytest
from calls import parent

from hooks.api import Model
from hooks.platform.accelerators import Accelerator, Compute
from hooks.platform.resources import Resources
from hooks.platform.sizing import TENTHS, DoesNotFit, builder_resources, fit, weights
from hooks.step import Step

DEFAULT = Compute()


def spec(count=None, bits=None, types=None):
    size = {"parameterCount": count, "parameterBits": bits} if count else None
    found = {"source": {"git": {"url": "https://example.com/m"}}}
    found |= {"size": size} if size else {}
    found |= {"compute": {"types": types}} if types else {}
    return Model.model_validate(parent("Model", "m", found)).spec


def requests(found):
    return found.resources(Resources())["requests"]


M125 = (125_000_000, 32)
B7 = (7_000_000_000, 16)
B40 = (40_000_000_000, 16)


@pytest.mark.parametrize("role", list(TENTHS))
def test_125m_on_cpu_takes_3_cpu_3_gi_and_100_gi_of_disk(role):
    asked = requests(fit(spec(*M125, ["CPU"]), role, DEFAULT))
    assert asked == {"cpu": "3", "memory": "3Gi", "ephemeral-storage": "100Gi"}


@pytest.mark.parametrize(
    ("size", "role", "gpus", "cpu", "memory"),
    [
        pytest.param(M125, Step.SERVE, "1", "2", "3Gi", id="125M is served by one GPU"),
        pytest.param(M125, Step.TRAIN, "1", "2", "3Gi", id="125M is trained on one"),
        pytest.param(M125, Step.NOTEBOOK, "1", "2", "3Gi", id="125M has one in a notebook"),
        pytest.param(B7, Step.SERVE, "1", "2", "17Gi", id="7B is served by one GPU"),
        pytest.param(B7, Step.TRAIN, "2", "2", "17Gi", id="7B is trained on two"),
        pytest.param(B7, Step.NOTEBOOK, "2", "2", "17Gi", id="7B has two in a notebook"),
        pytest.param(B40, Step.SERVE, "4", "8", "84Gi", id="40B is served by four GPUs"),
        pytest.param(B40, Step.TRAIN, "8", "8", "84Gi", id="40B is trained on eight"),
    ],
)
def test_a_model_on_gpu(size, role, gpus, cpu, memory):
    asked = requests(fit(spec(*size, ["GPU"]), role, DEFAULT))
    assert asked == {
        "cpu": cpu,
        "memory": memory,
        "ephemeral-storage": "100Gi",
        "nvidia.com/gpu": gpus,
    }


def test_a_training_takes_one_where_one_holds_twice_the_weights():
    large = Compute(accelerators=(Accelerator(name="a100", memory_gib=80, max_per_node=1),))
    assert fit(spec(*B7, ["GPU"]), Step.TRAIN, large).gpus == 1


def test_gpus_are_limited_to_what_is_requested():
    found = fit(spec(*B7, ["GPU"]), Step.TRAIN, DEFAULT)
    assert found.resources(Resources())["limits"] == {"nvidia.com/gpu": "2"}


def test_nothing_is_limited_on_cpu():
    assert "limits" not in fit(spec(*B7, ["CPU"]), Step.TRAIN, DEFAULT).resources(Resources())


def test_a_builder_has_room_for_the_weights_twice():
    assert builder_resources(weights(spec(*B7)), Resources())["requests"] == {
        "cpu": "2",
        "memory": "12Gi",
        "ephemeral-storage": "127Gi",
    }


def test_a_model_without_a_size_counts_as_none():
    assert weights(spec()) == 0


def test_a_model_without_a_size_takes_one_gpu():
    assert requests(fit(spec(types=["GPU"]), Step.SERVE, DEFAULT))["nvidia.com/gpu"] == "1"


def test_a_model_without_compute_runs_on_cpu():
    assert fit(spec(*M125), Step.SERVE, DEFAULT).accelerator is None


def test_the_first_type_that_is_offered_is_taken():
    assert fit(spec(*M125, ["CPU", "GPU"]), Step.SERVE, DEFAULT).accelerator is None
    assert fit(spec(*M125, ["GPU", "CPU"]), Step.SERVE, DEFAULT).gpus == 1


def test_gpu_or_cpu_takes_cpu_where_there_are_no_gpus():
    none = Compute(accelerators=())
    assert fit(spec(*M125, ["GPU", "CPU"]), Step.SERVE, none).accelerator is None


def test_gpu_alone_does_not_fit_where_there_are_no_gpus():
    found = fit(spec(*M125, ["GPU"]), Step.SERVE, Compute(accelerators=()))
    assert found == DoesNotFit("spec.compute.types asks for GPU, but the settings offer CPU.")


def test_what_no_node_holds_is_reported_with_the_arithmetic():
    found = fit(spec(80_000_000_000, 16, ["GPU"]), Step.TRAIN, DEFAULT)
    assert found == DoesNotFit(
        "A trainer needs 2.2 x 149.0 GiB of weights = 327.8 GiB, on a power of two accelerators. "
        "Needed: 16 x nvidia-24gb (24 GiB each), of which a node has at most 8."
    )


def test_weights_that_fill_a_gpu_exactly_take_one():
    exact = 24 * 2**30 * 10 // 11 // 2
    assert fit(spec(exact, 16, ["GPU"]), Step.SERVE, DEFAULT).gpus == 1


def test_one_parameter_more_takes_two():
    exact = 24 * 2**30 * 10 // 11 // 2
    assert fit(spec(exact + 1, 16, ["GPU"]), Step.SERVE, DEFAULT).gpus == 2


TWO = Compute(
    accelerators=(
        Accelerator(name="l4", memory_gib=22, max_per_node=8),
        Accelerator(name="a100", memory_gib=80, max_per_node=8),
    )
)


def pinned(name, **compute):
    git = {"git": {"url": "https://example.com/m"}}
    found = {"source": git, "compute": {"accelerator": name, **compute}}
    return Model.model_validate(parent("Model", "m", found)).spec


def test_a_pinned_accelerator_is_taken_though_another_comes_first():
    assert fit(pinned("a100", types=["GPU"]), Step.SERVE, TWO).accelerator.name == "a100"


def test_a_pinned_accelerator_without_types_asks_for_it():
    assert fit(pinned("a100"), Step.SERVE, TWO).accelerator.name == "a100"


def test_the_cpu_is_taken_where_it_is_preferred():
    assert fit(pinned("a100", types=["CPU", "GPU"]), Step.SERVE, TWO).accelerator is None


def test_an_accelerator_that_is_not_known_lists_those_that_are():
    assert fit(pinned("h100"), Step.SERVE, TWO) == DoesNotFit(
        "spec.compute.accelerator is 'h100', which the settings do not have. They have: a100, l4."
    )


def test_an_accelerator_that_is_not_known_does_not_fit_even_where_the_cpu_would_do():
    assert isinstance(fit(pinned("h100", types=["CPU", "GPU"]), Step.SERVE, TWO), DoesNotFit)


def test_a_platform_without_accelerators_has_none():
    found = fit(pinned("h100"), Step.SERVE, Compute(accelerators=()))
    assert found.message.endswith("They have: none.")
