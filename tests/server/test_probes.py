"""What the probes' port answers."""

import pytest

from hooks.server import probes


def test_the_server_lives_while_it_answers(tmp_path):
    assert probes.answer("/healthz", tmp_path)[0] == 200


def test_it_is_not_ready_before_a_worker_is(tmp_path):
    assert probes.answer("/readyz", tmp_path)[0] == 503


def test_it_is_ready_with_the_first_worker(tmp_path):
    probes.ready_file(tmp_path, 7).touch()
    assert probes.answer("/readyz", tmp_path)[0] == 200


def test_another_path_is_404_and_names_those_that_there_are(tmp_path):
    status, _, sentence = probes.answer("/models/sync", tmp_path)
    assert (status, b"/healthz, /readyz, /metrics" in sentence) == (404, True)


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /healthz HTTP/1.1", b"200"),
        (b"GET /healthz?verbose HTTP/1.1", b"200"),
        (b"HEAD /healthz HTTP/1.1", b"200"),
        (b"POST /healthz HTTP/1.1", b"405"),
        (b"GET /\xff HTTP/1.1", b"404"),
        (b"", b"405"),
    ],
)
def test_a_request_is_answered(request_line, status, tmp_path):
    assert probes.response(request_line + b"\r\n\r\n", tmp_path).split()[1] == status


def test_a_head_request_has_no_body(tmp_path):
    assert probes.response(b"HEAD /healthz HTTP/1.1\r\n\r\n", tmp_path).endswith(b"\r\n\r\n")
