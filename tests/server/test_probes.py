"""What the probes' port answers."""

import asyncio
import os
import socket

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


async def read(directory, clients, which):
    """Return what some of the clients read, the first bytes of each of which are given."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = asyncio.create_task(probes.Probes(directory).serve(listener, os.getppid()))
        connections = []
        for said in clients:
            connections.append(await asyncio.open_connection(*listener.getsockname()))
            connections[-1][1].write(said)
        found = [await asyncio.wait_for(connections[each][0].read(), 30) for each in which]
        for _, writer in connections:
            writer.close()
        served.cancel()
    return found


def test_a_client_that_says_too_little_is_closed(tmp_path, monkeypatch):
    monkeypatch.setattr(probes, "SECONDS", 0.1)
    clients = [b"", b"GET /healthz HTTP/1.1\r\n"]
    assert asyncio.run(read(tmp_path, clients, (0, 1))) == [b"", b""]


def test_a_client_that_says_too_much_is_closed(tmp_path):
    assert asyncio.run(read(tmp_path, [b"GET /" + b"x" * 100_000], (0,))) == [b""]


def test_the_oldest_of_too_many_clients_goes_and_the_next_is_answered(tmp_path, monkeypatch):
    monkeypatch.setattr(probes, "MOST", 2)
    monkeypatch.setattr(probes, "SECONDS", 600)
    clients = [b"", b"", b"GET /healthz HTTP/1.1\r\n\r\n"]
    gone, answered = asyncio.run(read(tmp_path, clients, (0, 2)))
    assert (gone, answered[:12]) == (b"", b"HTTP/1.1 200")
