"""A crowd of bad clients beside the real Metacontroller."""

import socket
import threading

import pytest
from bodies import BODIES
from crowd import Crowd
from readiness import EXAMPLES, wait_all_ready

EACH = 64
MIB = 1024 * 1024


@pytest.fixture
def crowded(stack):
    """The crowd at the hooks' port, and one client that posts bodies as large as may be."""
    ends = threading.Event()

    def post():
        while not ends.is_set():
            for make in BODIES.values():
                _post(stack.hooks.port, make())

    poster = threading.Thread(target=post)
    with Crowd(stack.hooks.port, EACH, seed=1, burst=MIB):
        poster.start()
        yield
        ends.set()
        poster.join()


def _post(port, body):
    head = f"POST /models/sync HTTP/1.1\r\nHost: hooks\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(head.encode() + body)
        assert client.recv(1024)


def test_every_call_of_metacontroller_is_answered_beside_a_crowd(
    stack, cluster, namespace, crowded
):
    since = len(stack.recorder.calls)
    for _ in range(3):
        cluster.apply(EXAMPLES, namespace=namespace)
        wait_all_ready(cluster, namespace, seconds=120)
        cluster.kubectl(
            *("delete", "datasets,models,modelservers,notebooks", "--all"),
            f"--namespace={namespace}",
        )
    stack.recorder.wait_quiet()
    events = cluster.http.get(f"/api/v1/namespaces/{namespace}/events").json()["items"]
    assert {each.status for each in stack.recorder.calls[since:]} == {200}
    assert [each["message"] for each in events if each["reason"] == "SyncError"] == []
