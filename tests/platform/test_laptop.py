"""A laptop of 4 CPUs and 8 GiB: what the example asks for at once, with the settings for one."""

from decimal import Decimal

from rendering import pods

from hooks.names import owner_label
from hooks.settings import load
from substratus.manifests import platforms

LOCAL = load(platforms()["local"].read_text(), source="local")
UNITS = {"m": Decimal("0.001"), "Mi": 2**20, "Gi": 2**30, "": 1}


OWNERS = {owner_label(kind) for kind in ("Dataset", "Model", "ModelServer", "Notebook")}


def amount(quantity):
    number = quantity.rstrip("mMGi")
    return Decimal(number) * UNITS[quantity[len(number) :]]


def asked(pod, resource):
    """Return what the scheduler counts: all containers, or the largest of the first ones."""

    def of(container):
        return amount(container["resources"]["requests"].get(resource, "0"))

    first = (of(each) for each in pod["spec"].get("initContainers", []))
    return max(sum(map(of, pod["spec"]["containers"])), *first, 0)


def at_once(resource):
    """Return what is asked for when each object of the example has its largest Pod."""
    largest: dict = {}
    for _, pod in pods(LOCAL, "125m-cpu"):
        owner = next(item for item in pod["metadata"]["labels"].items() if item[0] in OWNERS)
        largest[owner] = max(largest.get(owner, 0), asked(pod, resource))
    assert len(largest) == 7
    return sum(largest.values())


def test_an_eighth_of_its_memory_is_left_to_the_cluster():
    assert at_once("memory") <= 7 * 2**30


def test_a_quarter_of_its_cores_is_left_to_the_cluster():
    assert at_once("cpu") <= 3


def test_its_disk_has_room_for_three_builds_at_a_time():
    builders = [pod for step, pod in pods(LOCAL, "125m-cpu") if step == "build"]
    assert 3 * max(asked(each, "ephemeral-storage") for each in builders) <= 30 * 2**30
