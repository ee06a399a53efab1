"""A metrics API (`metrics.k8s.io`) on the loopback, which reports what a test wants it to report.

A HorizontalPodAutoscaler of the real controller manager reads it through the real API server.
"""

import json
import ssl
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

GROUP = "/apis/metrics.k8s.io/v1beta1"


class Metrics:
    """Reports that the Pods of a namespace use `cores` together, each as much as the others.

    Args:
        directory: where its certificate is put.
        pods: returns the Pods of a namespace that match a selector.
    """

    def __init__(self, directory: Path, pods: Callable[[str, str], list[dict]]) -> None:
        self.cores = 0.0
        self._pods = pods
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._answer))
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_certificate(directory))
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        self._thread.start()

    def objects(self) -> list[dict]:
        """Return what makes the API server ask here: a Service of the loopback, and the API."""
        metadata = {"name": "fake-metrics", "namespace": "default"}
        service = {"type": "ExternalName", "externalName": "localhost"}
        return [
            {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": service},
            {
                "apiVersion": "apiregistration.k8s.io/v1",
                "kind": "APIService",
                "metadata": {"name": "v1beta1.metrics.k8s.io"},
                "spec": {
                    "group": "metrics.k8s.io",
                    "version": "v1beta1",
                    "groupPriorityMinimum": 100,
                    "versionPriority": 100,
                    "insecureSkipTLSVerify": True,
                    "service": {**metadata, "port": self._server.server_port},
                },
            },
        ]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, target: str) -> dict | None:
        url = urlsplit(target)
        if url.path == GROUP:
            resource = {"name": "pods", "singularName": "", "namespaced": True}
            return {
                "kind": "APIResourceList",
                "apiVersion": "v1",
                "groupVersion": "metrics.k8s.io/v1beta1",
                "resources": [{**resource, "kind": "PodMetrics", "verbs": ["get", "list"]}],
            }
        parts = url.path.removeprefix(f"{GROUP}/").split("/")
        if len(parts) != 3 or (parts[0], parts[2]) != ("namespaces", "pods"):
            return None
        (selector,) = parse_qs(url.query).get("labelSelector", [""])
        found = self._pods(parts[1], selector)
        each = round(1000 * self.cores / max(1, len(found)))
        return {
            "kind": "PodMetricsList",
            "apiVersion": "metrics.k8s.io/v1beta1",
            "metadata": {},
            "items": [_usage(pod, f"{each}m") for pod in found],
        }


def _usage(pod: dict, cpu: str) -> dict:
    metadata = {key: pod["metadata"][key] for key in ("name", "namespace", "labels")}
    containers = [
        {"name": each["name"], "usage": {"cpu": cpu, "memory": "1Gi"}}
        for each in pod["spec"]["containers"]
    ]
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return {"metadata": metadata, "timestamp": now, "window": "1s", "containers": containers}


def _certificate(directory: Path) -> Path:
    path = directory / "metrics.pem"
    subject = ["-subj", "/CN=localhost", "-days", "2"]
    files = ["-keyout", str(path), "-out", str(path.with_suffix(".crt"))]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject, *files],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


def _handler(answer: Callable[[str], dict | None]) -> type:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = answer(self.path)
            body = json.dumps(found or {"kind": "Status", "apiVersion": "v1"}).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return Handler
