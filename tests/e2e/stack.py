"""What is under test: the hook server under gunicorn, Metacontroller, and a recorder between."""

import http.client
import json
import subprocess
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import binaries
from control_plane import ControlPlane, Program, free_port, wait_until

BIN = Path(sys.executable).parent


class Recorder:
    """Passes each call to the hook server on, and keeps it with its answer."""

    def __init__(self, target: int) -> None:
        self.calls: list[dict] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                time = datetime.now(UTC)
                status, answer = recorder.relay(target, self.path, body)
                if status == 200:
                    recorder.keep(self.path, time, body, answer)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_arguments: object) -> None:
                """Say nothing: a Metacontroller that is killed leaves its connections."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def relay(self, target: int, path: str, body: bytes) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", target, timeout=10)
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            return 502, json.dumps({"error": str(error)}).encode()
        finally:
            connection.close()

    def keep(self, path: str, time: datetime, body: bytes, answer: bytes) -> None:
        self.calls.append(
            {"path": path, "time": time, "request": json.loads(body), "answer": json.loads(answer)}
        )

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Stack:
    """The hook server and Metacontroller, which can be killed and started at will."""

    def __init__(self, cluster: ControlPlane) -> None:
        self.cluster = cluster
        port = free_port()
        gunicorn = [str(BIN / "gunicorn"), "--config", "python:hooks.gunicorn"]
        self.hooks = Program(
            [*gunicorn, "--bind", f"127.0.0.1:{port}", "hooks.app:create_app()"],
            cluster.logs / "hooks",
            CONFIG="",
        )
        self.recorder = Recorder(port)
        config = cluster.directory / "metacontroller.kubeconfig"
        cluster.write_kubeconfig(config, token="metacontroller")
        self.metacontroller = Program(
            [
                str(binaries.metacontroller()),
                f"--kubeconfig={config}",
                "--discovery-interval=1s",
                "--metrics-address=0",
                f"--health-probe-bind-address=127.0.0.1:{free_port()}",
                "--client-go-qps=500",
                "--client-go-burst=1000",
                "--workers=20",
            ],
            cluster.logs / "metacontroller",
        )

    def start(self) -> None:
        self.hooks.start()
        controllers = subprocess.run(
            [BIN / "substratus", "controllers", "--hooks", self.recorder.address],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        self.cluster.kubectl("apply", "--filename=-", text=controllers)
        self.metacontroller.start()

    def stop(self) -> None:
        self.metacontroller.stop()
        self.hooks.stop()
        self.recorder.stop()


KINDS = ("datasets", "models", "modelservers", "notebooks")


def objects(cluster: ControlPlane, namespace: str) -> list[dict]:
    """Return all objects of the four kinds in a namespace."""
    return [each for kind in KINDS for each in cluster.get(kind, "", namespace)]


def ready(found: dict) -> tuple[str, str, str]:
    """Return status, reason and message of an object's `Ready`."""
    conditions = (found.get("status") or {}).get("conditions") or []
    condition = next((each for each in conditions if each["type"] == "Ready"), {})
    return tuple(condition.get(key, "") for key in ("status", "reason", "message"))


def wait_all_ready(cluster: ControlPlane, namespace: str, *, seconds: float = 60) -> None:
    """Wait until every object of a namespace is Ready in its generation."""

    def check() -> bool:
        found = objects(cluster, namespace)
        return bool(found) and all(
            ready(each)[0] == "True"
            and each["status"].get("observedGeneration") == each["metadata"]["generation"]
            for each in found
        )

    try:
        wait_until(f"all objects of {namespace} to be Ready", check, seconds=seconds)
    except AssertionError as error:
        states = {
            f"{each['kind']}/{each['metadata']['name']}": ready(each)
            for each in objects(cluster, namespace)
        }
        message = f"{error}: {json.dumps(states, indent=1)}"
        raise AssertionError(message) from None


def wait_ready_is(
    cluster: ControlPlane, resource: str, name: str, expected: tuple[str, str], **where: object
) -> dict:
    """Wait until an object's `Ready` has this status and reason; return the object."""
    namespace = str(where.get("namespace", "default"))

    def check() -> dict | None:
        found = cluster.get(resource, name, namespace)
        return found[0] if found and ready(found[0])[:2] == expected else None

    return wait_until(f"{resource} {name} to be {expected}", check, seconds=30)
