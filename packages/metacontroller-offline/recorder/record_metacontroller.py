"""Records what a real Metacontroller makes of cases, by hand and of hypothesis' making.

Usage: `python record_metacontroller.py SERVER TOKEN PORT`. The API server and the garbage
collector run, Metacontroller runs with `--discovery-interval=1s`; the hook is served on PORT.
"""

import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import httpx
from metacontroller_offline.kinds import Kinds
from metacontroller_offline.objects import Json, Manifest

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/metacontroller"))

from drive import CHILDREN, GROUP, METHODS, compared, crd, parent, setup, sync
from made import all_cases

TARGET = Path(__file__).parent.parent / "tests/metacontroller/recorded.json"
_QUIET = 0.6
_PATIENCE = 8.0


class Hook(BaseHTTPRequestHandler):
    """Answers as `drive.sync` does, and notes when it was last asked."""

    protocol_version = "HTTP/1.1"
    last: ClassVar[float] = 0.0

    def do_POST(self) -> None:
        """Answer a request."""
        Hook.last = time.monotonic()
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps(sync(request)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server:
    """A real API server, spoken to by its REST API and by kubectl."""

    def __init__(self, address: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=address, headers=headers, verify=False)
        self._kubectl = [
            "kubectl",
            f"--server={address}",
            f"--token={token}",
            "--insecure-skip-tls-verify",
        ]
        self.kinds = Kinds()
        for kind in (*METHODS, "Thing"):
            self.kinds.add_crd(crd(kind))

    def path(self, version: str, kind: str, namespace: str, name: str = "") -> str:
        """Return the path of an object, or of all of a kind."""
        found = self.kinds.of(version, kind)
        root = "/api" if version == "v1" else "/apis"
        place = f"/namespaces/{namespace}" if found.namespaced else ""
        return f"{root}/{version}{place}/{found.resource}" + (f"/{name}" if name else "")

    def apply(self, *manifests: Manifest) -> None:
        """Apply objects with kubectl."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": manifests})
        subprocess.run(  # noqa: S603 - kubectl, with arguments of our own
            [*self._kubectl, "apply", "-f", "-"], input=text, text=True, check=True,
            capture_output=True,
        )  # fmt: skip

    def patch(self, path: str, patch: Manifest) -> None:
        """Send a merge patch."""
        headers = {"Content-Type": "application/merge-patch+json"}
        self._client.patch(path, content=json.dumps(patch), headers=headers)

    def delete(self, path: str) -> None:
        """Delete an object."""
        self._client.delete(path)

    def list(self, version: str, kind: str, namespace: str) -> list[Manifest]:
        """Return the objects of a kind."""
        items = self._client.get(self.path(version, kind, namespace)).json()["items"]
        return [{**each, "apiVersion": version, "kind": kind} for each in items]


def run(server: Server, case: Json) -> list[Manifest]:
    """Return the objects at the end of a case, as they are compared."""
    namespace = case["namespace"]
    server.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
    for step in case["steps"]:
        _take(server, case, step)
        _rest()
    kinds = [(version, kind) for kind, (version, _) in CHILDREN.items()]
    kinds.append((f"{GROUP}/v1", case["method"]))
    found = [each for kind in kinds for each in server.list(*kind, namespace)]
    server.delete(f"/api/v1/namespaces/{namespace}")
    return compared(found)


def _take(server: Server, case: Json, step: Json) -> None:
    if "answer" in step:
        server.apply(parent(case, step["answer"]))
        return
    if "apply" in step:
        server.apply(step["apply"])
        return
    ((verb, given),) = step.items()
    version, _ = CHILDREN[given["kind"]]
    path = server.path(version, given["kind"], case["namespace"], given["name"])
    if verb == "edit":
        server.patch(path, given["patch"])
    else:
        server.delete(path)


def _rest() -> None:
    """Wait until the hook is asked no more, or a while if it is asked forever."""
    until = time.monotonic() + _PATIENCE
    Hook.last = time.monotonic()
    while time.monotonic() < until and time.monotonic() - Hook.last < _QUIET:
        time.sleep(0.05)


def main() -> None:
    """Write the file."""
    address, token, port = sys.argv[1:]
    served = ThreadingHTTPServer(("127.0.0.1", int(port)), Hook)
    threading.Thread(target=served.serve_forever, daemon=True).start()
    server = Server(address, token)
    needed = setup(f"http://127.0.0.1:{port}")
    for kind in ("CustomResourceDefinition", "CompositeController"):
        server.apply(*(each for each in needed if each["kind"] == kind))
        # Metacontroller looks for new kinds once a second.
        time.sleep(3)
    found = [{**case, "end": run(server, case)} for case in all_cases()]
    lines = ",\n".join(json.dumps(each, sort_keys=True) for each in found)
    TARGET.write_text(f"[\n{lines}\n]\n")


main()
