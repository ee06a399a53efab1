"""The Notebook that a file holds."""

import json

import pytest
from kubectl_open_notebook.failure import Failure
from kubectl_open_notebook.notebooks import read

TEXT = """\
apiVersion: substratus.ai/v1
kind: Notebook
metadata: {name: nb}
spec: {modelName: opt, env: [{name: SINCE, value: 2001-01-01}]}
"""


def test_a_plain_date_is_a_text_as_it_is_to_kubectl(tmp_path):
    file = tmp_path / "nb.yaml"
    file.write_text(TEXT)
    assert read(str(file), None)["spec"]["env"][0]["value"] == "2001-01-01"


@pytest.mark.parametrize("name", ["--kubeconfig=evil", "-oyaml", "a/b", "A", "a b", "$(evil)", ""])
@pytest.mark.parametrize("key", ["name", "namespace"])
def test_a_name_that_could_be_something_else_to_kubectl_is_refused(tmp_path, key, name):
    file = tmp_path / "nb.yaml"
    metadata = {"name": "nb", "namespace": "team", key: name}
    file.write_text(TEXT.replace("{name: nb}", json.dumps(metadata)))
    with pytest.raises(Failure, match=f"has a {key} that no object can have"):
        read(str(file), None)


def test_aliases_of_aliases_are_refused(tmp_path):
    """Written out, eleven lines are more than any memory holds."""
    lines = ["a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 11)]
    file = tmp_path / "nb.yaml"
    file.write_text(TEXT + "\n".join(lines))
    with pytest.raises(Failure, match="has 90 aliases, and 30 at most are read"):
        read(str(file), None)


def test_a_file_that_is_larger_than_an_object_can_be_is_refused(tmp_path):
    file = tmp_path / "nb.yaml"
    file.write_text(TEXT + "# " + "x" * (1 << 20))
    with pytest.raises(Failure, match="holds more than 1 MiB"):
        read(str(file), None)
