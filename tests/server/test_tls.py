"""HTTPS as it ships: a certificate that may change, and clients' certificates where asked for."""

import contextlib
import http.client
import json
import socket
import ssl
import time

import pytest
from calls import parent, request
from certificates import Authority
from shipped import PATIENCE, ended, shipped

DATASET = parent(
    "Dataset",
    "squad",
    {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}},
)
CALL = json.dumps(request(DATASET)).encode()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def authority(place):
    return Authority(place, "authority")


@pytest.fixture(scope="module")
def other_authority(place):
    return Authority(place, "other")


@pytest.fixture(scope="module")
def directory(place, authority):
    return authority.sign("server").put(place / "server")


@pytest.fixture(scope="module")
def client_ca(place, authority):
    file = place / "client-ca.crt"
    file.write_bytes(authority.certificate.read_bytes())
    return file


@pytest.fixture(scope="module")
def server(directory):
    with shipped(WORKERS="1", TLS_DIRECTORY=str(directory)) as found:
        yield found


@pytest.fixture(scope="module")
def strict_server(directory, client_ca):
    variables = {"TLS_DIRECTORY": str(directory), "CLIENT_CA_FILE": str(client_ca)}
    with shipped(WORKERS="1", **variables) as found:
        yield found


def status(server, authority, client=None):
    """Return what a sync is answered with, by a client that trusts an authority."""
    context = ssl.create_default_context(cafile=authority.certificate)
    if client:
        context.load_cert_chain(client.certificate, client.key)
    connection = http.client.HTTPSConnection(
        "127.0.0.1", server.port, context=context, timeout=PATIENCE
    )
    with contextlib.closing(connection):
        connection.request("POST", "/datasets/sync", CALL)
        return connection.getresponse().status


def until(answers, expected):
    """Ask until the answer is as expected, since the server looks at its files once a second."""
    end = time.monotonic() + PATIENCE
    while (found := answers()) != expected and time.monotonic() < end:
        time.sleep(0.2)
    return found


def test_a_client_that_trusts_the_authority_is_answered(server, authority):
    assert status(server, authority) == 200


def test_a_client_of_plain_http_is_not(server):
    with pytest.raises((http.client.HTTPException, OSError)):
        server.ask("POST", "/datasets/sync", CALL)


def test_a_client_that_does_not_begin_is_closed_and_delays_nobody(server, authority):
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as idle:
        assert status(server, authority) == 200
        assert idle.recv(1) == b""


def test_probes_are_answered_without_it(server):
    assert server.probe("/healthz")[0] == 200


def test_a_certificate_that_changes_counts_for_the_next_connection(
    server, directory, authority, other_authority
):
    def trusts(one):
        # A connection that is just being made when the files change is closed.
        with contextlib.suppress(ssl.SSLError):
            return status(server, one)

    try:
        other_authority.sign("server").put(directory)
        changed = until(lambda: trusts(other_authority), 200)
    finally:
        authority.sign("again").put(directory)
    assert (changed, until(lambda: trusts(authority), 200)) == (200, 200)
    assert trusts(other_authority) is None


def test_a_certificate_that_cannot_be_read_leaves_the_last_one(server, directory, authority):
    good = (directory / "tls.crt").read_bytes()
    (directory / "tls.crt").write_text("none")
    time.sleep(2)
    try:
        assert status(server, authority) == 200
    finally:
        (directory / "tls.crt").write_bytes(good)


def test_a_client_with_a_certificate_of_the_authority_is_let_in(strict_server, authority):
    assert status(strict_server, authority, authority.sign("client")) == 200


@pytest.mark.parametrize("shown", ["none", "expired", "another authority's"])
def test_a_client_with_another_certificate_is_not(strict_server, authority, other_authority, shown):
    client = {
        "none": lambda: None,
        "expired": lambda: authority.sign("expired", days=-1),
        "another authority's": lambda: other_authority.sign("client"),
    }[shown]()
    with pytest.raises((ssl.SSLError, OSError)):
        status(strict_server, authority, client)


def test_an_authority_of_clients_that_changes_counts_for_kept_connections(
    strict_server, client_ca, authority, other_authority
):
    client = authority.sign("kept")
    context = ssl.create_default_context(cafile=authority.certificate)
    context.load_cert_chain(client.certificate, client.key)
    kept = http.client.HTTPSConnection(
        "127.0.0.1", strict_server.port, context=context, timeout=PATIENCE
    )
    kept.request("POST", "/datasets/sync", CALL)
    assert kept.getresponse().read()
    client_ca.write_bytes(other_authority.certificate.read_bytes())
    assert until(lambda: _is_closed(kept), expected=True)
    kept.close()
    assert until(lambda: status(strict_server, authority, other_authority.sign("new")), 200) == 200


def _is_closed(connection):
    connection.sock.setblocking(False)
    try:
        return connection.sock.recv(1) == b""
    except ssl.SSLWantReadError:
        return False
    except OSError:
        return True


WRONG = {
    "no certificate": {"TLS_DIRECTORY": "/nowhere"},
    "no authority": {"TLS_DIRECTORY": "{server}", "CLIENT_CA_FILE": "/nowhere"},
    "an authority without TLS": {"CLIENT_CA_FILE": "/nowhere"},
}


@pytest.mark.parametrize("variables", WRONG.values(), ids=WRONG)
def test_what_cannot_be_used_ends_the_server_with_a_sentence(variables, directory):
    found = ended(**{key: each.format(server=directory) for key, each in variables.items()})
    (sentence,) = found.stderr.strip().splitlines()
    assert (found.returncode, "/nowhere" in sentence or "needs TLS" in sentence) == (1, True)
