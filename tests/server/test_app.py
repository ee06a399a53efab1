"""The hook server: what it answers, and that it never answers an error with 200."""

import json

import pytest
from calls import NOW, base_model, parent, request

from hooks.server import dispatch
from hooks.server.app import create_app
from hooks.settings import Settings

DATASET = parent(
    "Dataset",
    "squad",
    {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}},
)


@pytest.fixture(scope="module")
def client():
    return create_app(Settings(), clock=lambda: NOW).test_client()


def post(client, path, body):
    return client.post(path, data=body if isinstance(body, bytes) else json.dumps(body).encode())


def test_a_call_is_answered_with_json(client):
    answered = post(client, "/datasets/sync", request(DATASET))
    assert (answered.status_code, answered.content_type) == (200, "application/json")


def test_the_server_answers_what_the_functions_give(client):
    call = request(DATASET)
    direct = dispatch.call(
        "/datasets/sync", json.dumps(call).encode(), settings=Settings(), now=NOW
    )
    assert post(client, "/datasets/sync", call).data == direct


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_probe_is_answered(client, path):
    assert client.get(path).get_json() == {"status": "ok"}


BROKEN = {
    "an empty body": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a number that is none": b'{"parent": NaN}',
    "half a request": json.dumps(request(DATASET)).encode()[:-10],
    "no parent": {**request(DATASET), "parent": None},
    "a parent of another kind": {**request(DATASET), "parent": base_model()},
    "no children": {key: value for key, value in request(DATASET).items() if key != "children"},
    "children that are null": {**request(DATASET), "children": None},
    "a declared kind that is missing": {**request(DATASET), "children": {}},
    "an unknown member": {**request(DATASET), "chidlren": {}},
    "a child under another's name": {
        **request(DATASET),
        "children": {
            **request(DATASET)["children"],
            "Job.batch/v1": {
                "team/a": {
                    "apiVersion": "batch/v1",
                    "kind": "Job",
                    "metadata": {"name": "b", "namespace": "team"},
                }
            },
        },
    },
    "a child of another parent": {
        **request(DATASET),
        "children": {
            **request(DATASET)["children"],
            "Job.batch/v1": {
                "team/a": {
                    "apiVersion": "batch/v1",
                    "kind": "Job",
                    "metadata": {
                        "name": "a",
                        "namespace": "team",
                        "ownerReferences": [{"controller": True, "name": "other", "uid": "u"}],
                    },
                }
            },
        },
    },
    "a child of another kind": {
        **request(DATASET),
        "children": {
            **request(DATASET)["children"],
            "Job.batch/v1": {
                "team/a": {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "metadata": {"name": "a", "namespace": "team"},
                }
            },
        },
    },
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_malformed_body_is_400(client, body):
    assert post(client, "/datasets/sync", body).status_code == 400


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_a_refusal_is_a_sentence(client, body):
    answered = post(client, "/datasets/sync", body).get_json()
    assert answered["error"].rstrip().endswith((".", "?"))


def test_an_unknown_path_is_404_and_names_the_hooks(client):
    answered = post(client, "/nothing", {})
    assert answered.status_code == 404
    assert "/models/sync" in answered.get_json()["error"]


def test_a_wrong_method_is_405_and_names_the_right_one(client):
    answered = client.get("/models/sync")
    assert (answered.status_code, "POST" in answered.headers["Allow"]) == (405, True)
    assert answered.get_json()["error"] == "/models/sync does not take GET; hooks take POST."


@pytest.fixture
def broken_hook(monkeypatch):
    def fail(*_arguments):
        raise RuntimeError("a secret of ours")

    monkeypatch.setitem(dispatch.HOOKS, "/datasets/sync", fail)


def test_a_fault_of_ours_is_500_without_a_traceback(client, broken_hook):
    answered = post(client, "/datasets/sync", request(DATASET))
    assert answered.status_code == 500
    assert "secret" not in answered.text
    assert "Traceback" not in answered.text


def test_the_log_of_a_fault_has_the_parents_name(client, broken_hook, capsys):
    post(client, "/datasets/sync", request(DATASET))
    logged = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (logged["event"], logged["parent"], logged["hook"]) == (
        "failed",
        "team/squad",
        "/datasets/sync",
    )
    assert "a secret of ours" in logged["exception"]


def test_metrics_count_calls_and_errors_by_hook(client):
    post(client, "/notebooks/sync", b"")
    text = client.get("/metrics").text
    assert 'substratus_hook_requests_total{code="400",hook="/notebooks/sync"} 1.0' in text
    assert 'substratus_hook_errors_total{hook="/notebooks/sync"} 1.0' in text


def test_a_namespace_gets_its_service_accounts(client):
    namespace = {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": "team", "uid": "u"},
    }
    answered = post(
        client,
        "/namespaces/sync",
        {"object": namespace, "attachments": {"ServiceAccount.v1": {}}, "related": {}},
    )
    assert [each["metadata"]["name"] for each in answered.get_json()["attachments"]] == [
        "data-loader",
        "data-loader-builder",
        "model-builder",
        "model-server",
        "model-trainer",
        "notebook",
    ]


def test_wrong_settings_stop_the_server_with_a_sentence(tmp_path, monkeypatch):
    file = tmp_path / "settings.yaml"
    file.write_text("registry: {url: 'https://x'}\n")
    monkeypatch.setenv("CONFIG", str(file))
    with pytest.raises(SystemExit, match=r"registry\.url: .*got 'https://x'"):
        create_app()
