"""Nothing that a person may set, read or meet is left out of the documents, and links lead on."""

import json
import re
from collections.abc import Iterator

import pytest
from documents import ALL, PAGES, ROOT
from pydantic import BaseModel
from rendering import pods

from hooks import names
from hooks.platform.builders import BUILDERS
from hooks.platform.storage import STORAGES
from hooks.reasons import Reason
from hooks.server import probes
from hooks.settings import Settings
from hooks.step import AccountRole


def sources(directory):
    return "\n".join(path.read_text() for path in sorted((ROOT / directory).rglob("*.py")))


SOURCES = sources("hooks") + sources("substratus")
PLUGIN = sources("packages/kubectl-open-notebook/src")
CONTRACT = PAGES["docs/container-contract.md"]


def keys(section: type[BaseModel], above: str = "") -> Iterator[str]:
    for name, field in section.model_fields.items():
        key = f"{above}{field.alias or name}"
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from keys(inner, f"{key}.")
        else:
            yield key


def variables(text):
    return sorted(set(re.findall(r"os\.environ(?:\.get|\.setdefault)?[(\[]\"(\w+)\"", text)))


def containers():
    """Return the containers of all children of the examples that run a user's image.

    The loader and the runtimes are stock images, which have no script.
    """
    of_users = {"loader", "trainer", "server", "notebook", "seed"}
    specs = [pod["spec"] for _, pod in pods(Settings())]
    every = [
        each for spec in specs for each in [*spec.get("initContainers", []), *spec["containers"]]
    ]
    stock = {Settings().sources.loader_image, *(each.image for each in Settings().runtimes)}
    return [each for each in every if each["name"] in of_users and each["image"] not in stock]


CONTAINERS = containers()


def anchors(text):
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in titles}


def links():
    return [
        pytest.param(page, link, id=f"{page}: {link}")
        for page, text in PAGES.items()
        for link in re.findall(r"\]\((?!https?://)([^)]+)\)", text)
    ]


@pytest.mark.parametrize(("page", "link"), links())
def test_a_link_leads_somewhere(page, link):
    path, _, anchor = link.partition("#")
    target = ((ROOT / page).parent / path).resolve() if path else ROOT / page
    assert target.exists()
    assert not anchor or anchor in anchors(target.read_text())


@pytest.mark.parametrize("page", [page for page in PAGES if page != "README.md"])
def test_the_readme_leads_to_every_page(page):
    assert f"]({page})" in PAGES["README.md"]


@pytest.mark.parametrize("key", list(keys(Settings)))
def test_every_setting_is_documented(key):
    assert f"`{key}`" in PAGES["docs/settings.md"]


@pytest.mark.parametrize("name", [*BUILDERS, *STORAGES])
def test_every_builder_and_storage_is_documented(name):
    assert f"`{name}`" in ALL


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_is_documented(reason):
    assert f"| `{reason}` |" in PAGES["docs/conditions.md"]


@pytest.mark.parametrize(
    "key", [names.RETRY, names.REBUILD, names.ENABLED], ids=["retry", "rebuild", "enabled"]
)
def test_every_key_that_a_person_sets_is_explained(key):
    assert key in PAGES["docs/concepts.md"]


@pytest.mark.parametrize("role", AccountRole)
def test_every_service_account_is_documented(role):
    assert f"`{role}`" in PAGES["docs/concepts.md"]


@pytest.mark.parametrize(
    "variable",
    variables(SOURCES),
)
def test_every_variable_of_the_server_or_the_command_line_is_documented(variable):
    assert f"`{variable}`" in PAGES["docs/installation.md"] + PAGES["docs/cli.md"]


@pytest.mark.parametrize("variable", variables(PLUGIN))
def test_every_variable_of_the_plugin_is_documented(variable):
    assert f"`{variable}`" in PAGES["docs/notebooks.md"]


def test_every_path_that_a_person_may_get_is_documented():
    assert set(probes.PATHS) == set(re.findall(r"`(/\w+)`", PAGES["docs/installation.md"]))


@pytest.mark.parametrize("metric", sorted(set(re.findall(r"\"(substratus_hook_\w+)\"", SOURCES))))
def test_every_metric_is_documented(metric):
    assert f"`{metric}`" in PAGES["docs/installation.md"]


@pytest.mark.parametrize(
    "script",
    sorted(set(re.findall(r"\b\w+\.sh\b", json.dumps([c["command"] for c in CONTAINERS])))),
)
def test_every_script_that_is_run_is_in_the_contract(script):
    assert f"| `{script}` |" in CONTRACT


@pytest.mark.parametrize(
    "variable",
    sorted({each["name"] for container in CONTAINERS for each in container.get("env", [])}),
)
def test_every_variable_that_a_script_gets_is_in_the_contract(variable):
    assert f"| `{variable}` |" in CONTRACT


@pytest.mark.parametrize(
    "directory",
    sorted(
        {
            each["mountPath"]
            for container in CONTAINERS
            if container["name"] != "seed"
            for each in container.get("volumeMounts", [])
            if each["name"] != "token"
        }
    ),
)
def test_every_directory_that_a_script_gets_is_in_the_contract(directory):
    assert f"`{directory}/`" in CONTRACT.partition("## Directories")[2]


@pytest.mark.parametrize(
    "port",
    sorted(
        {each["containerPort"] for container in CONTAINERS for each in container.get("ports", [])}
    ),
)
def test_every_port_is_in_the_contract(port):
    assert f"on port {port}" in CONTRACT
