"""The CRDs: every field of the API reference, and only what an API server takes as structural."""

from pathlib import Path

import pytest
from schemas import CRDS, EVERY_NODE, RULES, SCHEMAS, nodes
from yaml_files import read

from tools import files

ROOT = Path(__file__).parents[2]
REFUSED = read(Path(__file__).parent / "rules.yaml")["refused"]
FILES = files()
OBJECT = ("apiVersion string", "kind string", "metadata object", "spec object")
GIT = ("url string", "path string", "branch string")
FIELDS = [
    *((kind, "", field) for kind in CRDS for field in OBJECT),
    *((kind, "", "status object") for kind in CRDS),
    *((kind, "status", "conditions array") for kind in CRDS),
    ("Dataset", "spec", "filename string"),
    ("Dataset", "spec", "source object"),
    ("Dataset", "spec.source", "git object"),
    *(("Dataset", "spec.source.git", field) for field in GIT),
    ("Dataset", "status", "url string"),
    ("Model", "spec", "source object"),
    ("Model", "spec", "training object"),
    ("Model", "spec", "size object"),
    ("Model", "spec", "compute object"),
    ("Model", "spec.source", "git object"),
    *(("Model", "spec.source.git", field) for field in GIT),
    ("Model", "spec.source", "modelName string"),
    ("Model", "spec.training", "datasetName string"),
    ("Model", "spec.training", "params object"),
    ("Model", "spec.training.params", "epochs integer"),
    ("Model", "spec.training.params", "dataLimit integer"),
    ("Model", "spec.training.params", "batchSize integer"),
    ("Model", "spec.size", "parameterCount integer"),
    ("Model", "spec.size", "parameterBits integer"),
    ("Model", "spec.compute", "types array"),
    ("Model", "status", "containerImage string"),
    ("Model", "status", "servers array"),
    ("ModelServer", "spec", "modelName string"),
    ("Notebook", "spec", "modelName string"),
    ("Notebook", "spec", "suspend boolean"),
]


@pytest.mark.parametrize("message", sorted(RULES))
def test_a_rule_refuses_at_least_two_objects(message):
    assert sum(case["server"] in message for case in REFUSED) >= 2


@pytest.mark.parametrize(
    ("path", "node"),
    [each for each in EVERY_NODE if each[1].get("type") == "array"],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_array_has_a_limit(path, node):
    """Without one the API server takes CEL rules for too costly."""
    assert "maxItems" in node, path


def test_every_map_has_a_limit():
    for path, node in EVERY_NODE:
        assert "additionalProperties" not in node or "maxProperties" in node, path


@pytest.mark.parametrize("kind", CRDS)
def test_every_field_is_in_the_page(kind):
    section = (ROOT / "docs" / "api.md").read_text().partition(f"\n## {kind}\n")[2]
    rows = section.partition("\n## ")[0]
    for path, _ in nodes(SCHEMAS[kind]):
        if path and not path.endswith(("[]", "{}")):
            assert f"| `{path.removeprefix('.')}` |" in rows, path


@pytest.mark.parametrize("path", [path for path in FILES if path.startswith("crds/")])
def test_a_text_of_several_lines_is_readable(path):
    assert "\\n" not in FILES[path]


@pytest.mark.parametrize(("kind", "path", "field"), FIELDS, ids=lambda value: str(value) or "root")
def test_the_field_of_the_api_reference_is_there(kind, path, field):
    name, type_ = field.split()
    found = SCHEMAS[kind]
    for part in filter(None, path.split(".")):
        found = found["properties"][part]
    assert found["properties"][name]["type"] == type_


def test_every_row_of_the_api_reference_is_looked_at():
    """The reference has 50 rows; the three of GitSource count once there, for two kinds."""
    own = {row for row in FIELDS if not row[1].endswith(".git")}
    assert len(own) + len(GIT) == 50


@pytest.mark.parametrize(("path", "node"), EVERY_NODE, ids=[path for path, _ in EVERY_NODE])
def test_a_schema_is_structural(path, node):
    unfit = {"$ref", "anyOf", "title", "default", "const", "exclusiveMinimum", "$defs"}
    assert not unfit & node.keys()
    assert "type" in node or node["x-kubernetes-preserve-unknown-fields"]
    assert not {"properties", "additionalProperties"} <= node.keys()


@pytest.mark.parametrize("kind", CRDS)
def test_every_string_of_a_spec_has_a_limit(kind):
    """Without one the API server takes CEL rules for too costly."""
    for path, node in nodes(SCHEMAS[kind]["properties"]["spec"]):
        if node.get("type") == "string" and "enum" not in node:
            assert "maxLength" in node, path


@pytest.mark.parametrize("kind", CRDS)
def test_conditions_are_a_map_by_type(kind):
    conditions = SCHEMAS[kind]["properties"]["status"]["properties"]["conditions"]
    assert conditions["x-kubernetes-list-map-keys"] == ["type"]


@pytest.mark.parametrize("kind", CRDS)
def test_kubectl_shows_readiness_reason_and_age(kind):
    columns = CRDS[kind]["spec"]["versions"][0]["additionalPrinterColumns"]
    assert {"Ready", "Reason", "Age"} <= {each["name"] for each in columns}


@pytest.mark.parametrize("kind", CRDS)
def test_the_kind_is_in_the_category_ai(kind):
    assert CRDS[kind]["spec"]["names"]["categories"] == ["ai"]


@pytest.mark.parametrize("path", FILES)
def test_a_generated_file_is_up_to_date(path):
    assert (ROOT / path).read_text() == FILES[path]
