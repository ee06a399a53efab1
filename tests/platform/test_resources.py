"""What containers ask for where no Model's size says it, in every Pod of the examples."""

import pytest
from rendering import pods

from hooks.settings import InvalidSettingsError, Settings, load

TINY = """\
resources:
  disk: 5Gi
  builder: {cpu: 500m, memory: 2Gi, disk: 6Gi}
  loader: {cpu: 200m, memory: 256Mi}
  tools: {cpu: 50m, memory: 64Mi}
  limits: [cpu, memory]
"""


def containers(text=""):
    """Return each container's resources, by the step and the container's name."""
    settings = load(text, source="settings") if text else Settings()
    return {
        (step, each["name"]): each.get("resources", {})
        for step, pod in pods(settings, "125m-cpu")
        for each in (*pod["spec"].get("initContainers", []), *pod["spec"]["containers"])
    }


def test_every_container_asks_for_cpu_and_memory():
    for each in containers().values():
        assert {"cpu", "memory"} <= set(each["requests"])


def test_nothing_has_a_limit_by_default():
    assert not any("limits" in each for each in containers().values())


def test_every_container_has_the_limits_that_the_settings_ask_for():
    for each in containers(TINY).values():
        wanted = {name: each["requests"][name] for name in ("cpu", "memory")}
        assert each["limits"] == wanted


@pytest.mark.parametrize(
    ("container", "asked"),
    [
        (("build", "clone"), {"cpu": "50m", "memory": "64Mi"}),
        (("build", "builder"), {"cpu": "500m", "memory": "2Gi", "ephemeral-storage": "6Gi"}),
        (("load", "loader"), {"cpu": "200m", "memory": "256Mi"}),
        (("notebook", "seed"), {"cpu": "50m", "memory": "64Mi"}),
        (("serve", "server"), {"cpu": "3", "memory": "3Gi", "ephemeral-storage": "5Gi"}),
    ],
)
def test_a_container_asks_for_what_the_settings_say(container, asked):
    found = containers(TINY)[container]["requests"]
    assert {**found, "ephemeral-storage": asked.get("ephemeral-storage")} == {
        **asked,
        "ephemeral-storage": asked.get("ephemeral-storage"),
    }


def test_weights_come_on_top_of_a_builders_disk():
    found = containers(TINY)["package", "builder"]["requests"]
    assert found["ephemeral-storage"] == "7Gi"


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("resources: {disk: 1024Mi}", "1Gi"),
        ("resources: {builder: {cpu: 2000m}}", "2"),
        ("claims: {datasetSize: 2048Gi}", "2Ti"),
    ],
)
def test_a_quantity_that_kubernetes_writes_otherwise_is_refused_with_what_to_write(text, shorter):
    with pytest.raises(InvalidSettingsError, match=f"write {shorter}, as Kubernetes does"):
        load(text, source="settings")
