"""The Notebook that a file holds."""

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
