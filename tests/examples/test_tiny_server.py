"""The server and the notebook of examples/tiny, over HTTP."""

import json
import shutil
import socket
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from workloads import model_image


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def opened(address, body=None):
    """Return the status and the body that the server answers, once it is up."""
    request = urllib.request.Request(address, body)  # noqa: S310 - our server
    until = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - the same
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            assert time.monotonic() < until, f"{address} does not answer."
            time.sleep(0.05)


@contextmanager
def serving(image, script, port, **variables):
    with image.start(script, **variables) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    port = free_port()
    image = model_image(tmp_path_factory.mktemp("server"), ports={8080: port})
    with serving(image, "serve.sh", port) as address:
        yield address


def generated(address, **asked):
    status, body = opened(f"{address}/generate", json.dumps(asked).encode())
    assert status == 200, body
    return json.loads(body)["generation"]


def test_the_docs_say_what_to_ask(server):
    status, body = opened(f"{server}/docs")
    assert (status, b"POST /generate" in body) == (200, True)


def test_a_prompt_is_continued_by_so_many_characters(server):
    assert len(generated(server, prompt="two plus", max_new_tokens=5)) == len("two plus") + 5


def test_the_same_prompt_has_the_same_answer(server):
    asked = {"prompt": "two plus", "max_new_tokens": 5}
    assert generated(server, **asked) == generated(server, **asked)


@pytest.mark.parametrize("prompt", ["", "x" * 500, "é 漢 \n \x00"])
def test_any_string_is_a_prompt(server, prompt):
    assert generated(server, prompt=prompt, max_new_tokens=1).startswith(prompt)


REFUSED = {
    "not JSON": (b"{", "The body must be a JSON object"),
    "no object": (b"[]", "The body must be a JSON object"),
    "nothing": (b"", "The body must be a JSON object"),
    "no prompt": (b"{}", "prompt must be a string."),
    "a number for a prompt": (b'{"prompt": 1}', "prompt must be a string."),
    "too many": (b'{"prompt": "", "max_new_tokens": 1001}', "a whole number from 0 to 1000."),
    "fewer than none": (b'{"prompt": "", "max_new_tokens": -1}', "a whole number from 0 to 1000."),
    "a truth for a number": (b'{"prompt": "", "max_new_tokens": true}', "a whole number"),
}


@pytest.mark.parametrize(("body", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_answered_is_refused_in_a_sentence(server, body, sentence):
    status, answer = opened(f"{server}/generate", body)
    assert (status, sentence in json.loads(answer)["error"]) == (400, True)


def test_a_body_that_is_too_large_is_refused(server):
    assert opened(f"{server}/generate", b"x" * 100_000)[0] == 413


def test_a_trained_model_answers_otherwise(server, tmp_path):
    port = free_port()
    image = model_image(tmp_path, ports={8080: port})
    data = tmp_path / "data.jsonl"
    data.write_text(json.dumps({"text": "one two three."}) + "\n")
    variables = {"TRAIN_DATA_PATH": str(data), "TRAIN_EPOCHS": "60"}
    assert image.run("train.sh", **variables) == (0, "")
    # What the Job that packages a trained Model does.
    shutil.copytree(tmp_path / "model/trained", tmp_path / "model/saved", dirs_exist_ok=True)
    asked = {"prompt": "one", "max_new_tokens": 20}
    with serving(image, "serve.sh", port) as address:
        assert generated(address, **asked) == "one two three."
    assert generated(server, **asked) != "one two three."


@pytest.mark.skipif(shutil.which("jupyter") is None, reason="Jupyter is not installed here")
@pytest.mark.parametrize("home", ["/nowhere", "/", None])
def test_the_notebook_is_up_whether_its_home_can_be_written_or_not(tmp_path, home):
    port = free_port()
    image = model_image(tmp_path)
    script = tmp_path / "notebook.sh"
    script.write_text(script.read_text().replace("--ip=0.0.0.0 --port=8888", f"--port={port}"))
    variables = {"JUPYTER_TOKEN": "secret", "HOME": home or str(tmp_path)}
    with serving(image, "notebook.sh", port, **variables) as address:
        assert opened(f"{address}/api")[0] == 200
        assert opened(f"{address}/api/contents")[0] == 403
        listed = json.loads(opened(f"{address}/api/contents?token=secret")[1])
    assert "src" in [each["name"] for each in listed["content"]]
