"""How long a worker waits for a client, what it holds for one, and how it ends."""

import json
import os
import signal
import socket
import time
from contextlib import nullcontext

import pytest
from calls import parent, request
from shipped import PATIENCE, shipped

from hooks.server import worker
from hooks.server.limits import MIB

DATASET = parent(
    "Dataset",
    "squad",
    {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}},
)
CALL = json.dumps(request(DATASET)).encode()
START = b"POST /datasets/sync HTTP/1.1\r\nHost: hooks\r\nContent-Length: "


@pytest.fixture(scope="module")
def server():
    with shipped(WORKERS="1") as found:
        yield found


@pytest.fixture
def client(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as found:
        yield found


def received(client):
    """Return all that comes until the server closes."""
    pieces = iter(lambda: client.recv(65536), b"")
    return b"".join(pieces)


@pytest.mark.parametrize("megabytes", [20, 100])
def test_a_client_that_sends_a_large_body_reads_why_it_is_refused(server, megabytes):
    status, answer = server.ask("POST", "/datasets/sync", b" " * (megabytes * 1_000_000))
    assert (status, "the limit is 16 MiB" in json.loads(answer)["error"]) == (413, True)


def test_a_body_in_chunks_is_read(client):
    client.sendall(START.replace(b"Content-Length: ", b"Transfer-Encoding: chunked\r\n\r\n"))
    client.sendall(b"%x\r\n%s\r\n0\r\n\r\n" % (len(CALL), CALL))
    assert client.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_body_in_chunks_is_read_no_further_than_the_limit(client):
    client.sendall(START.replace(b"Content-Length: ", b"Transfer-Encoding: chunked\r\n\r\n"))
    for _ in range(17):
        client.sendall(b"%x\r\n%s\r\n" % (MIB, b" " * MIB))
    assert client.recv(65536).startswith(b"HTTP/1.1 413")


def test_two_requests_that_come_at_once_are_both_answered(client):
    client.sendall((START + b"%d\r\n\r\n%s" % (len(CALL), CALL)) * 2 + b"GET / HTTP/1.0\r\n\r\n")
    answers = received(client)
    assert (answers.count(b"HTTP/1.1 200"), answers.count(b" 404 ")) == (2, 1)


@pytest.mark.parametrize(
    "header",
    [
        b"GET /" + b"x" * 2000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: x\r\n" % n for n in range(40)) + b"\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 5000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"x" * 1_000_000,
    ],
    ids=["line", "fields", "field", "no end"],
)
def test_a_header_that_is_too_large_is_refused(client, header):
    with pytest.raises(ConnectionResetError) if len(header) > 65536 else nullcontext():
        client.sendall(header)
        assert received(client).split()[1] in {b"414", b"431"}


@pytest.fixture(scope="module")
def given_up(server):
    """What clients read that send no more, by what they sent."""
    said = {"nothing": b"", "half a header": START, "half a body": START + b"1000\r\n\r\n{"}
    clients = {}
    for name, each in said.items():
        clients[name] = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        clients[name].sendall(each)
    yield {name: received(each) for name, each in clients.items()}
    for each in clients.values():
        each.close()


@pytest.mark.parametrize("said", ["nothing", "half a header"])
def test_a_client_that_says_no_more_is_closed(given_up, said):
    assert given_up[said] == b""


def test_a_client_that_sends_half_a_body_reads_why_it_is_closed(given_up):
    assert given_up["half a body"].startswith(b"HTTP/1.1 408")
    assert f"after {worker.BODY_SECONDS} seconds".encode() in given_up["half a body"]


def test_a_client_that_goes_away_within_its_body_calls_nothing(server, client):
    before = server.metrics().count("/notebooks/sync")
    client.sendall(START.replace(b"datasets", b"notebooks") + b"1000\r\n\r\n{")
    client.shutdown(socket.SHUT_WR)
    assert received(client) == b""
    assert server.metrics().count("/notebooks/sync") == before


def test_bodies_that_are_not_complete_are_held_up_to_a_limit(server):
    beginning = START + b"%d\r\n\r\n" % (16 * MIB) + b" " * (15 * MIB)
    clients = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(4)]
    for each in clients:
        each.sendall(beginning)
    assert [received(each) for each in clients[:2]] == [b"", b""]
    for each in clients:
        each.close()


def kept(server):
    """Return a connection that had an answer, and may send another request."""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=15)
    client.sendall(b"GET / HTTP/1.1\r\nHost: hooks\r\n\r\n")
    while not client.recv(65536).endswith(b"}"):
        pass
    return client


def test_a_worker_that_ends_answers_what_is_under_way_and_closes_the_rest():
    with shipped(WORKERS="1") as server, kept(server) as busy, kept(server) as idle:
        with socket.create_connection(("127.0.0.1", server.port)) as half:
            half.sendall(START + b"%d\r\n\r\n%s" % (len(CALL), CALL[:-1]))
            server.process.terminate()
            while takes_connections(server):
                time.sleep(0.05)
            half.sendall(CALL[-1:])
            busy.sendall(START + b"%d\r\n\r\n%s" % (len(CALL), CALL))
            assert b"HTTP/1.1 200" in received(half)
            assert b"HTTP/1.1 200" in received(busy)
        assert received(idle) == b""
        assert server.process.wait(30) == 0


def takes_connections(server):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", server.port)) == 0


def test_a_worker_that_was_killed_is_ready_no_more(tmp_path):
    with shipped(WORKERS="1", PROMETHEUS_MULTIPROC_DIR=str(tmp_path)):
        (first,) = tmp_path.glob("ready-*")
        os.kill(int(first.name.removeprefix("ready-")), signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while (found := [*tmp_path.glob("ready-*")]) in ([first], []):
            assert time.monotonic() < until, "no other worker is ready"
            time.sleep(0.05)
        assert first not in found
