"""What eight hostile objects in one namespace cost another's new Model, on a real cluster.

    python tests/bench/neighbours.py [--before DIRECTORY]

For each case a real API server, a real Metacontroller and the hook server with its default workers.
Eight objects are made in one namespace and touched every second; then Models are made in another,
one after the other, until each has its Job. Meanwhile the hook server's probes are asked every half
second. With `--before` the hooks of another checkout, with an environment of its own in .venv, are
measured too, with the objects that held those up: patches of 511 operations on 4,200 mounts.
"""

import argparse
import contextlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))

import binaries
import httpx
import largest
from control_plane import ControlPlane
from processes import ROOT, Program, free_port, listens, wait_until
from stack import Metacontroller
from watching import Watch

HOSTILE = 8
VICTIMS = 5
PATIENCE = 100
"""Seconds after which a new Model is taken to have no Job."""
PROBE = 1
"""Seconds after which a probe has failed, as the shipped Deployment has it."""
POD = "/spec/template/spec"


class Blind(Watch):
    """A watch that follows nothing."""

    def follow(self, resource: str, then: object = None) -> None:
        pass


@dataclass
class Found:
    """What one case came to; seconds."""

    job_after: list[float] = field(default_factory=list)
    probes: list[float] = field(default_factory=list)
    failed_probes: int = 0

    def row(self, case: str) -> str:
        """Return it as the row of a table."""
        took = [
            f"{each:.1f}" if each < PATIENCE else f"none in {PATIENCE}" for each in self.job_after
        ]
        slowest = max(self.probes, default=0)
        cells = (
            *(case, ", ".join(took), f"{statistics.median(self.job_after):.1f}"),
            *(f"{self.failed_probes} of {len(self.probes)}", f"{slowest * 1000:.0f} ms"),
        )
        return f"| {' | '.join(cells)} |"


def many_operations() -> list[dict]:
    """Return patches that were legal before operations were limited: 189 kB."""
    mounts = [{"name": "s", "mountPath": f"/s/{number}"} for number in range(4200)]
    added = {"name": "x", "image": "x", "volumeMounts": mounts}
    operations = [
        {"op": "add", "path": f"{POD}/volumes/-", "value": {"name": "s", "emptyDir": {}}},
        {"op": "add", "path": f"{POD}/containers/-", "value": added},
        *[{"op": "test", "path": "/spec/backoffLimit", "value": 3}] * 510,
    ]
    return [
        {"target": {"kind": "Job"}, "operations": operations[start : start + 32]}
        for start in range(0, 512, 32)
    ]


def model(namespace: str, name: str, patches: list[dict] | None = None) -> dict:
    """Return a Model from git."""
    return {
        "apiVersion": "substratus.ai/v1",
        "kind": "Model",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "source": {"git": {"url": f"https://github.com/example/{name}"}},
            **({"patches": patches} if patches else {}),
        },
    }


def hostile(*, before: bool) -> list[dict]:
    """Return the eight objects: the largest that are legal."""
    sorts = [*largest.SORTS] * HOSTILE
    return [
        model(
            "hostile",
            f"hostile-{number}",
            many_operations() if before else largest.patches(sorts[number], "Job"),
        )
        for number in range(HOSTILE)
    ]


def server(source: Path, directory: Path) -> tuple[Program, int, int]:
    """Return the hook server of a checkout, its port and that of its probes."""
    port, probes = free_port(), free_port()
    is_old = (source / "hooks" / "app.py").exists()
    package = "hooks" if is_old else "hooks.server"
    command = ["env", "--chdir", str(source), str(source / ".venv" / "bin" / "gunicorn")]
    command += ["--config", f"python:{package}.gunicorn", "--bind", f"127.0.0.1:{port}"]
    metrics = directory / "metrics"
    metrics.mkdir()
    environment = {
        "CONFIG": "",
        "PYTHONPATH": str(source),
        "PROBES_BIND": f"127.0.0.1:{probes}",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }
    logs = directory / "logs"
    program = Program("hooks", [*command, f"{package}.app:create_app()"], logs=logs, **environment)
    return program, port, port if is_old else probes


@contextlib.contextmanager
def cluster(source: Path) -> Iterator[tuple[ControlPlane, int]]:
    """Yield a cluster with the hooks of a checkout, and the port of their probes."""
    program = binaries.metacontroller()
    if program is None:
        sys.exit("There is no Metacontroller: set METACONTROLLER to its program.")
    with contextlib.ExitStack() as leaving:
        directory = Path(leaving.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        made = ControlPlane(directory)
        made.watch = Blind(made.connect)
        leaving.callback(made.stop)
        made.start()
        made.install()
        made.apply(source / "crds")
        hooks, port, probes = server(source, directory)
        leaving.callback(hooks.stop)
        hooks.start()
        wait_until(lambda: listens(port), hooks)
        metacontroller = Metacontroller(program, made)
        leaving.callback(metacontroller.stop)
        metacontroller.start()
        metacontroller.wait()
        address = f"http://127.0.0.1:{port}"
        made.kubectl("apply", "--filename=-", text=controllers(source, address))
        for name in ("hostile", "team"):
            made.apply_objects(
                {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}
            )
        yield made, probes


def controllers(source: Path, address: str) -> str:
    """Return the controllers of a checkout, with their hooks at this address."""
    command = [source / ".venv" / "bin" / "substratus", "controllers", "--hooks", address]
    return subprocess.run(command, cwd=source, capture_output=True, text=True, check=True).stdout


def probe(port: int, found: Found, until: threading.Event) -> None:
    """Ask both probes every half second, each on a connection of its own, as the kubelet does."""
    while not until.wait(0.5):
        for path in ("/healthz", "/readyz"):
            started = time.monotonic()
            try:
                answered = httpx.get(f"http://127.0.0.1:{port}{path}", timeout=PROBE).is_success
            except httpx.HTTPError:
                answered = False
            found.probes.append(time.monotonic() - started)
            found.failed_probes += not answered


def touch(made: ControlPlane, until: threading.Event) -> None:
    """Change an annotation of every hostile object every second, so that each is synced again."""
    place = "/apis/substratus.ai/v1/namespaces/hostile/models"
    headers = {"Content-Type": "application/merge-patch+json"}
    count = 0
    while not until.wait(1):
        count += 1
        body = {"metadata": {"annotations": {"touched": str(count)}}}
        for number in range(HOSTILE):
            made.http.patch(f"{place}/hostile-{number}", json=body, headers=headers)


def seconds_until_job(made: ControlPlane, name: str) -> float:
    """Make a Model; return the seconds until it has a Job, or `PATIENCE`."""
    place = "/apis/substratus.ai/v1/namespaces/team/models"
    started = time.monotonic()
    made.http.post(place, json=model("team", name)).raise_for_status()
    while (took := time.monotonic() - started) < PATIENCE:
        jobs = made.get("jobs", "", "team")
        if any(each["metadata"]["name"].startswith(f"{name}-") for each in jobs):
            return took
        time.sleep(0.05)
    return PATIENCE


def measure(source: Path, objects: list[dict]) -> Found:
    """Return what it takes with these objects."""
    found = Found()
    with cluster(source) as (made, port):
        over = threading.Event()
        place = "/apis/substratus.ai/v1/namespaces/hostile/models"
        for each in objects:
            made.http.post(place, json=each).raise_for_status()
        work = [threading.Thread(target=probe, args=(port, found, over))]
        if objects:
            work.append(threading.Thread(target=touch, args=(made, over)))
        for thread in work:
            thread.start()
        try:
            time.sleep(10)
            for number in range(VICTIMS):
                found.job_after.append(seconds_until_job(made, f"new-{number}"))
        finally:
            over.set()
            for thread in work:
                thread.join()
    return found


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", type=Path, help="another checkout, with a .venv")
    before = parser.parse_args().before
    cases = [("without them", ROOT, [])]
    if before:
        cases.append(("with them, before", before.resolve(), hostile(before=True)))
    cases.append(("with them", ROOT, hostile(before=False)))
    columns = ("eight objects", "seconds until a new Model has its Job", "median")
    print(f"| {' | '.join((*columns, 'probes failed', 'slowest probe'))} |")
    print("| --- | --- | --- | --- | --- |")
    for case, source, objects in cases:
        print(measure(source, objects).row(case), flush=True)


if __name__ == "__main__":
    main()
