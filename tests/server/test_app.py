"""The hook server: what it answers, and that it never answers an error with 200."""

import io
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import room
from calls import NOW, base_model, parent, path_of, request
from werkzeug.exceptions import BadRequest

from hooks.server import dispatch, limits
from hooks.server.app import create_app
from hooks.settings import Server, Settings

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


class Unread(io.BytesIO):
    def read(self, *_arguments):
        pytest.fail("it was read")


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


def test_a_refusal_does_not_repeat_all_that_was_sent(client):
    answered = post(client, "/datasets/sync", {**request(DATASET), "x" * 100_000: {}})
    assert len(answered.data) < 2000


def test_a_body_with_a_member_twice_is_400(client):
    body = json.dumps(request(DATASET)).replace('"related":', '"children": {}, "related":', 1)
    assert post(client, "/datasets/sync", body.encode()).status_code == 400


def test_a_body_over_the_limit_is_413_before_it_is_read(client):
    answered = client.post(
        "/datasets/sync",
        input_stream=Unread(),
        environ_overrides={"CONTENT_LENGTH": "20000000"},
    )
    assert answered.status_code == 413
    assert answered.get_json()["error"] == (
        "The body has 20000000 bytes; the limit is 16 MiB, which the setting server.bodyMiB raises."
    )


def test_a_body_of_unknown_length_over_the_limit_is_413(client):
    answered = client.post(
        "/datasets/sync",
        input_stream=io.BufferedReader(io.BytesIO(b" " * 17 * limits.MIB)),
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answered.status_code == 413


@pytest.mark.parametrize("value", [b"{}", b"[]", b"1", b'{"a":1}', b'[["a"]]'])
def test_a_body_of_too_many_values_is_413_before_it_is_parsed(client, value, monkeypatch):
    monkeypatch.setattr(dispatch, "call", lambda *_, **__: pytest.fail("it was parsed"))
    body = b'{"parent":[' + b",".join([value] * 500_000) + b"]}"
    answered = post(client, "/datasets/sync", body)
    assert answered.status_code == 413
    assert "the setting server.bodyValues raises" in answered.get_json()["error"]


@pytest.mark.parametrize("sign", [b",", b"{", b"["])
def test_each_comma_brace_and_bracket_counts_as_a_value(sign):
    most = Server().body_values
    limits.check_values(sign * (most - 1) + b"  ", Server())
    with pytest.raises(limits.TooLargeError, match=f"holds {most + 1} JSON values"):
        limits.check_values(sign * most + b"  ", Server())


@pytest.mark.parametrize("make", [room.server_with_its_pods, room.model_with_its_servers])
def test_the_largest_requests_of_legal_objects_have_room(client, make):
    call = make()
    body = room.written(call)
    assert post(client, f"/{path_of(call['parent'])}/sync", body).status_code == 200
    assert 2 * sum(map(body.count, (b",", b"{", b"["))) < Server().body_values


def test_a_setting_raises_the_limits():
    settings = Settings(server=Server(body_mib=17, body_values=5_000_000))
    raised = create_app(settings, clock=lambda: NOW).test_client()
    body = b" " * (16 * limits.MIB) + b"[" + b"1," * 400_000 + b"1]"
    assert post(raised, "/datasets/sync", body).status_code == 400


def test_one_large_body_is_parsed_at_a_time(client, monkeypatch):
    at_once = []
    inside = threading.Semaphore(1)

    def call(*_arguments, **_named):
        at_once.append(inside.acquire(blocking=False))
        time.sleep(0.05)
        inside.release()
        return b"{}"

    monkeypatch.setattr(dispatch, "call", call)
    body = b" " * (limits.LARGE + 1)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: post(client, "/datasets/sync", body), range(4)))
    assert at_once == [True] * 4


def test_an_unknown_path_is_404_and_names_the_hooks(client):
    answered = post(client, "/nothing", {})
    assert answered.status_code == 404
    assert "/models/sync" in answered.get_json()["error"]


def test_a_wrong_method_is_405_and_names_the_right_one(client):
    answered = client.get("/models/sync")
    assert (answered.status_code, "POST" in answered.headers["Allow"]) == (405, True)
    assert answered.get_json()["error"] == "/models/sync does not take GET; hooks take POST."


def test_any_other_error_of_http_says_what_it_is(client, monkeypatch):
    def refuse(*_arguments):
        raise BadRequest("so it is")

    monkeypatch.setattr(limits, "check_bytes", refuse)
    answered = post(client, "/models/sync", b"{}")
    assert (answered.status_code, answered.get_json()) == (400, {"error": "so it is"})


def test_a_body_that_the_server_has_already_is_taken_as_it_is(client):
    """Whatever its length was said to be: it is not read again, and not copied."""
    body = io.BytesIO(json.dumps(request(DATASET)).encode())
    answered = client.post(
        "/datasets/sync", input_stream=body, environ_overrides={"CONTENT_LENGTH": "3"}
    )
    assert answered.status_code == 200


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
    with pytest.raises(SystemExit, match=r'registry\.url: .*got "https://x"'):
        create_app()
