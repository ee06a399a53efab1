"""Which accelerator of the settings' table a Model gets, and how its Pod finds it."""

import pytest
from calls import parent
from pydantic import ValidationError

from hooks.api import Model
from hooks.platform.accelerators import Accelerator, Compute
from hooks.platform.resources import Resources
from hooks.platform.sizing import DoesNotFit, fit
from hooks.step import Step

GKE = "cloud.google.com/gke-accelerator"
NVIDIA = {"key": "nvidia.com/gpu", "operator": "Exists"}
B40 = {"parameterCount": 40_000_000_000, "parameterBits": 16}
B7 = {"parameterCount": 7_000_000_000, "parameterBits": 16}


def spec(size, types=("GPU",)):
    found = {
        "source": {"git": {"url": "https://example.com/m"}},
        "size": size,
        "compute": {"types": list(types)},
    }
    return Model.model_validate(parent("Model", "m", found)).spec


def accelerator(name, memory, *, most=8, **more):
    labels = {"nodeSelector": {GKE: name}, **more}
    return Accelerator.model_validate(
        {"name": name, "memoryGiB": memory, "maxPerNode": most, **labels}
    )


def chosen(*table, size=B7, role=Step.SERVE, types=("GPU",), **compute):
    return fit(spec(size, types), role, Compute(accelerators=table, **compute))


def name_and_count(found):
    return found.accelerator.name, found.gpus


def test_the_first_that_fits_is_taken_where_none_has_a_price():
    table = accelerator("t4", 16, most=1), accelerator("l4", 22), accelerator("a100", 80)
    assert name_and_count(chosen(*table, size=B40)) == ("l4", 4)


def test_the_cheapest_is_taken_by_what_all_of_them_cost():
    table = accelerator("l4", 22, price=0.7), accelerator("a100", 80, price=1.3)
    assert name_and_count(chosen(*table, size=B40)) == ("a100", 2)


def test_one_with_a_price_is_taken_before_one_without():
    assert chosen(accelerator("a", 80), accelerator("b", 80, price=99)).accelerator.name == "b"


def test_a_preferred_one_is_taken_whatever_the_price():
    table = accelerator("cheap", 80, price=1), accelerator("own", 80, price=9, preference=1)
    assert chosen(*table).accelerator.name == "own"


def test_of_two_at_one_price_the_first_is_taken():
    assert chosen(accelerator("a", 80, price=1), accelerator("b", 80, price=1)).alternatives == ()
    assert chosen(
        accelerator("a", 80, price=1), accelerator("b", 80, price=1)
    ).accelerator.name == ("a")


def test_a_model_that_no_gpu_holds_takes_the_cpu_where_it_may():
    found = chosen(accelerator("t4", 16, most=1), size=B40, types=("GPU", "CPU"))
    assert found.accelerator is None


def test_what_is_only_taken_by_name_is_not_offered():
    found = chosen(accelerator("tpu", 16, onlyByName=True))
    assert found == DoesNotFit("spec.compute.types asks for GPU, but the settings offer CPU.")


def test_a_name_offers_that_accelerator_alone():
    table = accelerator("l4", 22), accelerator("tpu", 16, onlyByName=True)
    assert [each.name for each in Compute(accelerators=table).offers("tpu")] == ["tpu"]


def tpu(**more):
    resource = {"resourceName": "google.com/tpu", "topologies": {1: "1x1", 4: "2x2", 8: "2x4"}}
    return accelerator("tpu-v5-lite-podslice", 15, **resource, **more)


def test_a_tpu_comes_in_legal_topologies_alone():
    found = chosen(tpu(), size=B7, role=Step.TRAIN)
    assert found.gpus == 4
    assert found.resources(Resources())["limits"] == {"google.com/tpu": "4"}
    assert found.placement() == {
        "nodeSelector": {
            GKE: "tpu-v5-lite-podslice",
            "cloud.google.com/gke-tpu-topology": "2x2",
        },
        "tolerations": [{"key": "google.com/tpu", "operator": "Exists"}],
    }


def test_more_chips_than_the_largest_topology_do_not_fit():
    found = chosen(tpu(), size=B40, role=Step.TRAIN)
    assert isinstance(found, DoesNotFit)
    assert "16 x tpu-v5-lite-podslice" in found.message


SPOT = {
    "nodeSelector": {"cloud.google.com/gke-spot": "true"},
    "tolerations": [{"key": "cloud.google.com/gke-spot", "operator": "Equal", "value": "true"}],
}


def test_an_l4_on_spot_nodes_of_gke():
    found = chosen(accelerator("nvidia-l4", 22, spot=True), spot=SPOT)
    assert found.placement() == {
        "nodeSelector": {GKE: "nvidia-l4", "cloud.google.com/gke-spot": "true"},
        "tolerations": [NVIDIA, *SPOT["tolerations"]],
    }


def test_the_taint_of_mig_profiles_is_that_of_the_gpu():
    found = chosen(accelerator("a100-10gb", 20, resourceName="nvidia.com/mig-2g.20gb", most=1))
    assert found.placement()["tolerations"] == [NVIDIA]
    assert found.resources(Resources())["limits"] == {"nvidia.com/mig-2g.20gb": "1"}


def test_a_label_with_several_values_is_an_affinity():
    several = accelerator("a100", 80, nodeSelector={"nvidia.com/gpu.product": ["SXM4", "PCIe"]})
    assert chosen(several).placement() == {
        "affinity": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [
                        {
                            "matchExpressions": [
                                {
                                    "key": "nvidia.com/gpu.product",
                                    "operator": "In",
                                    "values": ["SXM4", "PCIe"],
                                }
                            ]
                        }
                    ]
                }
            }
        },
        "tolerations": [NVIDIA],
    }


def test_others_that_fit_are_offered_after_the_best_where_wanted():
    table = (
        accelerator("a100", 40, price=3),
        accelerator("l4", 22, price=1),
        accelerator("a10", 22, price=2),
    )
    affinity = chosen(*table, fallback=True).placement()["affinity"]["nodeAffinity"]
    terms = affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    preferred = affinity["preferredDuringSchedulingIgnoredDuringExecution"]
    assert terms[0]["matchExpressions"][0]["values"] == ["l4", "a10", "a100"]
    assert [
        (each["weight"], each["preference"]["matchExpressions"][0]["values"]) for each in preferred
    ] == [(100, ["l4"]), (66, ["a10"])]


OTHERS = {
    "another number of them": accelerator("t4", 8),
    "another resource": accelerator("amd", 80, resourceName="amd.com/gpu"),
    "two labels that differ": accelerator("x", 80, nodeSelector={GKE: "x", "zone": "a"}),
    "another label": accelerator("x", 80, nodeSelector={"zone": "a"}),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_another_is_not_offered_with(other):
    assert chosen(accelerator("l4", 22), other, fallback=True).alternatives == ()


@pytest.mark.parametrize(("topology", "offered"), [("2x2", ["other"]), ("1x4", [])])
def test_another_is_offered_where_the_topology_of_so_many_is_the_same(topology, offered):
    """A Pod can leave one label open, and has one topology."""
    other = tpu().model_copy(
        update={"name": "other", "node_selector": {GKE: "other"}, "topologies": {4: topology}}
    )
    found = chosen(tpu(), other, role=Step.TRAIN, fallback=True)
    assert [each.name for each in found.alternatives] == offered


def test_without_fallback_no_other_is_offered():
    assert chosen(accelerator("l4", 22), accelerator("a10", 22)).alternatives == ()


WRONG = {
    "two of one name": (
        {"accelerators": [accelerator("a", 1), accelerator("a", 2)]},
        "accelerators has a twice; each needs a name of its own",
    ),
    "spot nodes without a mark": (
        {"accelerators": [accelerator("a", 1, spot=True)]},
        "accelerator a is spot, but compute.spot says of no node that it is",
    ),
}


@pytest.mark.parametrize(("table", "sentence"), WRONG.values(), ids=WRONG)
def test_a_table_is_refused_with(table, sentence):
    with pytest.raises(ValidationError) as refused:
        Compute(**table)
    assert sentence in str(refused.value)


def test_a_topology_that_no_node_has_is_refused():
    with pytest.raises(
        ValidationError, match="topologies has 16, but must be from 1 to maxPerNode"
    ):
        accelerator("tpu", 16, topologies={16: "4x4"})


def test_a_value_of_a_toleration_goes_with_equal():
    with pytest.raises(ValidationError, match="a value belongs to operator Equal"):
        accelerator("a", 1, tolerations=[{"key": "k", "value": "v"}])


def test_the_taint_of_a_gpu_that_is_shared_is_that_of_the_gpu():
    shared = accelerator("l4-shared", 24, resourceName="nvidia.com/gpu.shared", most=1)
    assert chosen(shared).placement()["tolerations"] == [NVIDIA]
