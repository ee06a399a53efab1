"""A hook may be a function, functions by path, or a server."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from engine import CRD, bar, child, config_map, controller
from metacontroller_offline import FunctionCaller, HttpCaller, InProcessCaller, Simulation
from metacontroller_offline.errors import HookError, UnsupportedError


def sync(request):
    return {"status": {}, "children": [config_map(size=str(request["parent"]["spec"]["size"]))]}


def made(hooks):
    sim = Simulation([CRD, controller()], hooks)
    sim.cluster.apply(bar(size=1))
    sim.settle()
    return child(sim)["data"]


@pytest.fixture
def address():
    """Yield the address of a server that answers as `sync` does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(sync(json.loads(request))).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    "hooks",
    [
        sync,
        {"/sync": sync},
        {"http://hooks/sync": sync},
        InProcessCaller(lambda _, request: (200, {}, json.dumps(sync(request)).encode())),
    ],
    ids=["a function", "by path", "by URL", "of path and request"],
)
def test_hooks_in_the_same_process(hooks):
    assert made(hooks) == {"size": "1"}


def test_hooks_of_a_server(address):
    with HttpCaller(address) as caller:
        assert made(caller) == {"size": "1"}


def test_a_server_that_is_not_there_is_a_hook_that_failed():
    with HttpCaller("http://127.0.0.1:1") as caller, pytest.raises(HookError, match="http error"):
        caller.post("http://hooks/sync", b"{}", 1)


def test_a_function_cannot_change_what_is_stored():
    def greedy(request):
        request["parent"]["spec"]["size"] = 5
        return {"status": {}, "children": []}

    sim = Simulation([CRD, controller()], greedy)
    sim.cluster.apply(bar(size=1))
    sim.settle()
    stored = sim.cluster.get("verify.example.com/v1", "Bar", "default", "a")
    assert stored["spec"] == {"size": 1}


def test_a_path_without_a_function_says_which_there_are():
    with pytest.raises(HookError, match="No function is given for http://hooks/x: there are /sync"):
        FunctionCaller({"/sync": sync}).post("http://hooks/x", b"{}", 1)


def test_what_is_not_a_hook_is_refused():
    with pytest.raises(UnsupportedError, match="not 7"):
        Simulation([CRD, controller()], 7)


def test_the_package_has_no_other_names():
    import metacontroller_offline  # noqa: PLC0415

    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        metacontroller_offline.Nothing  # noqa: B018
