"""The package needs nothing of the repository that it lies in, and knows the reasons it names."""

import ast
import sys
from importlib import metadata, resources
from pathlib import Path

import kubectl_open_notebook
import pytest
from kubectl_open_notebook.readiness import FOR_A_PERSON
from kubectl_open_notebook.ways_out import ways_out

SOURCES = sorted(Path(kubectl_open_notebook.__file__).parent.rglob("*.py"))
IMPORTED_AS = {"pyyaml": "yaml"}


def roots(file):
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (each.name.partition(".")[0] for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def declared():
    for each in metadata.requires("kubectl-open-notebook"):
        if "extra ==" not in each:
            name = each.partition(">")[0].strip()
            yield IMPORTED_AS.get(name, name)


@pytest.mark.parametrize("file", SOURCES, ids=lambda each: each.stem)
def test_a_module_imports_itself_python_and_what_is_declared(file):
    known = {"kubectl_open_notebook", *declared(), *sys.stdlib_module_names}
    assert set(roots(file)) <= known


def test_a_type_checker_sees_its_types():
    assert resources.files(kubectl_open_notebook).joinpath("py.typed").is_file()


@pytest.mark.parametrize("reason", sorted(FOR_A_PERSON))
def test_a_reason_that_ends_the_wait_has_a_way_out(reason):
    assert ways_out()[reason].endswith(".")
