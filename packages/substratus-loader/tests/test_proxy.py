import select
import socket

import pytest
from broken_loads import make_certificate
from substratus_loader.testing import Content, FileServer
from substratus_loader.testing.answers import Handler, Server
from substratus_loader.testing.file_server import Served


class _Tunnel(Handler):
    server_of: "Proxy"

    def do_CONNECT(self):  # noqa: N802
        self.server_of.asked.append(self.path)
        with socket.create_connection(self.server_of.target) as target:
            self.send_response(200)
            self.end_headers()
            ways = {self.connection: target, target: self.connection}
            while True:
                for ready in select.select(list(ways), [], [])[0]:
                    data = ready.recv(65536)
                    if not data:
                        self.close_connection = True
                        return
                    ways[ready].sendall(data)


class Proxy(Server):
    """Connects whoever asks, whatever for, with one server."""

    handler = _Tunnel

    def __init__(self, target):
        super().__init__()
        self.target = target
        self.asked = []
        self.url = f"http://127.0.0.1:{self.port}"


@pytest.fixture
def server(tmp_path):
    certificate, _ = make_certificate(tmp_path)
    with FileServer(certificate=certificate) as server:
        server.files["/a"] = Served(Content(data=b"x"))
        yield server


@pytest.fixture
def proxy(server):
    with Proxy(("127.0.0.1", server.port)) as proxy:
        yield proxy


def test_a_proxy_of_the_environment_is_used(loader, server, proxy, tmp_path):
    ended = loader.run(
        f"{server.url}/a",
        f"--allow={server.url}",
        HTTPS_PROXY=proxy.url,
        SSL_CERT_FILE=str(tmp_path / "ca.pem"),
    )
    assert ended.code == 0, ended.log
    assert set(proxy.asked) == {f"127.0.0.1:{server.port}"}


def test_a_host_that_no_proxy_is_for_is_connected_to(loader, server, proxy, tmp_path):
    ended = loader.run(
        f"{server.url}/a",
        f"--allow={server.url}",
        HTTPS_PROXY=proxy.url,
        NO_PROXY="127.0.0.1",
        SSL_CERT_FILE=str(tmp_path / "ca.pem"),
    )
    assert ended.code == 0, ended.log
    assert proxy.asked == []


def test_a_private_address_is_refused_through_a_proxy_too(loader, server, proxy):
    ended = loader.run(f"{server.url}/a", HTTPS_PROXY=proxy.url)
    assert ended.code == 78
    assert proxy.asked == []
