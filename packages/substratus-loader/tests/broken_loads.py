"""Loads that are killed and broken off at random places, of each scheme; `make loader-faults`.

    python packages/substratus-loader/tests/broken_loads.py --megabytes 1000 --times 10

prints for each scheme how long it took beside a load that nothing happens to, how many bytes were
sent twice, and the highest resident memory of a loader.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from substratus_loader.testing import Break, Content, FakeBuckets, FakeHub, FileServer, Stall
from substratus_loader.testing.file_server import Served

SCHEMES = ("hf", "https", "s3", "gs", "az", "pvc")
NAME = "model.safetensors"


@dataclass
class Source:
    """Where a scheme's file is, what a loader is given for it, and its faults."""

    url: str
    flags: list[str]
    environment: dict[str, str]
    faults: deque = field(default_factory=deque)
    requests: list = field(default_factory=list)


@dataclass(frozen=True)
class Figures:
    """What a load took; `asked` are the offsets that were asked for."""

    sha256: str
    seconds: float
    megabytes_of_memory: float
    kills: int
    offsets: tuple[int, ...]


@contextmanager
def source(scheme: str, content: Content, directory: Path):
    """Serve a file as a scheme has it."""
    with ExitStack() as stack:
        yield {"hf": _hub, "https": _web, "pvc": _claim}.get(scheme, _bucket)(
            scheme, content, directory, stack
        )


def load_broken(
    scheme: str, content: Content, directory: Path, *, times: int, seed: int
) -> Figures:
    """Load a file that breaks off so many times, with a loader that is killed as often."""
    chance = random.Random(f"{scheme} {seed}")  # noqa: S311 - where it breaks need not be secret
    share = content.size // (2 * times + 1)  # so that each of them comes before the end
    stalls = [Stall(chance.randrange(share), 8) for _ in range(times)]
    with source(scheme, content, directory) as served:
        for stall in stalls:
            served.faults.extend([Break(chance.randrange(share)), stall])
        destination = directory / f"{scheme}-{times}"
        begin, memory, kills = time.monotonic(), 0.0, 0
        while True:
            if kills == times:
                is_time = _never
            elif scheme == "pvc":
                is_time = partial(_has, destination, (kills + 1) * share)
            else:
                is_time = stalls[kills].reached.is_set
            code, peak = _run(served, destination, directory, is_time)
            memory = max(memory, peak)
            if code == 0:
                break
            if code != -signal.SIGKILL:
                raise RuntimeError((directory / "message").read_text())
            kills += 1
        seconds = time.monotonic() - begin
        asked = [int(each[6:].split("-")[0]) for _, each in served.requests if each]
    found = Content(path=destination / NAME)
    return Figures(found.sha256, seconds, memory, kills, tuple(asked))


def _run(
    served: Source, destination: Path, directory: Path, is_time: Callable[[], bool]
) -> tuple[int, float]:
    """Run a loader, kill it when it is time, and return how it ended and its memory."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "substratus_loader", "--kind=model", "--stall-seconds=10"),
            *("--longest-wait-seconds=0.01", *served.flags, "--", served.url, str(destination)),
        ],
        env={
            "HOME": str(directory),
            "PATH": os.environ["PATH"],
            "TERMINATION_LOG_PATH": str(directory / "message"),
            **served.environment,
        },
        stderr=subprocess.DEVNULL,
    )
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage.ru_maxrss / 1024
        if is_time():
            os.kill(process.pid, signal.SIGKILL)  # process.kill() would take its usage from us
        time.sleep(0.002)


def _never() -> bool:
    return False


def _has(destination: Path, size: int) -> bool:
    for path in (destination / ".substratus-loader").glob("*.part"):
        try:
            return path.stat().st_size >= size
        except FileNotFoundError:
            continue  # it was renamed meanwhile
    return False


def _hub(_scheme: str, content: Content, _directory: Path, stack: ExitStack) -> Source:
    hub = stack.enter_context(FakeHub())
    hub.add("org/name", {NAME: content})
    hub.faults[NAME] = faults = deque()
    allow = ["--allow=hf://", f"--allow={hub.url}", f"--allow={hub.cdn_url}"]
    return Source("hf://org/name", allow, {"HF_ENDPOINT": hub.url}, faults, hub.requests)


def _web(_scheme: str, content: Content, directory: Path, stack: ExitStack) -> Source:
    certificate, authority = make_certificate(directory)
    server = stack.enter_context(FileServer(certificate=certificate))
    served = Served(content, {"ETag": '"one"'})
    server.files[f"/{NAME}"] = served
    environment = {"SSL_CERT_FILE": str(authority)}
    url, allow = f"{server.url}/{NAME}", [f"--allow={server.url}"]
    return Source(url, allow, environment, served.faults, server.requests)


def _bucket(scheme: str, content: Content, _directory: Path, stack: ExitStack) -> Source:
    buckets = stack.enter_context(FakeBuckets())
    buckets.objects["models"] = {NAME: content}
    buckets.faults[NAME] = faults = deque()
    environment = {
        "AWS_ENDPOINT_URL": buckets.url,
        "AWS_ACCESS_KEY_ID": "AKID",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "GOOGLE_BASE_URL": buckets.url,
        "GOOGLE_SKIP_SIGNATURE": "true",
        "AZURE_STORAGE_ACCOUNT_NAME": "account",
        "AZURE_STORAGE_ACCOUNT_KEY": "c2VjcmV0",
        "AZURE_STORAGE_ENDPOINT": buckets.url,
    }
    allow = [f"--allow={scheme}://", f"--allow={buckets.url}"]
    return Source(f"{scheme}://models/{NAME}", allow, environment, faults, buckets.requests)


def _claim(_scheme: str, content: Content, directory: Path, _stack: ExitStack) -> Source:
    claim = directory / "claim"
    claim.mkdir(exist_ok=True)
    with (claim / NAME).open("wb") as file:
        for chunk in content.read(0, content.size):
            file.write(chunk)
    return Source(f"pvc://claim/{NAME}", ["--allow=pvc://", f"--source={claim}"], {})


def make_certificate(directory: Path) -> tuple[Path, Path]:
    """Return a certificate of 127.0.0.1 with its key, and who vouches for it."""
    key, authority, both = (directory / name for name in ("key.pem", "ca.pem", "server.pem"))
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "1", "-keyout", str(key), "-out", str(authority)),
            *("-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    both.write_text(key.read_text() + authority.read_text())
    return both, authority


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    content = Content(length=given.megabytes * 1_000_000, seed=given.seed)
    print(f"{given.megabytes} MB, killed and broken off {given.times} times, seed {given.seed}")
    print("scheme  undisturbed  disturbed  kills  requests  memory")
    for scheme in SCHEMES:
        with tempfile.TemporaryDirectory() as directory:
            once = load_broken(scheme, content, Path(directory), times=0, seed=given.seed)
        with tempfile.TemporaryDirectory() as directory:
            broken = load_broken(
                scheme, content, Path(directory), times=given.times, seed=given.seed
            )
        for figures in (once, broken):
            if figures.sha256 != content.sha256:
                sys.exit(f"{scheme}: the file differs from its source")
        memory = max(once.megabytes_of_memory, broken.megabytes_of_memory)
        print(
            f"{scheme:6}  {once.seconds:9.1f} s  {broken.seconds:7.1f} s  {broken.kills:5}"
            f"  {len(broken.offsets):8}  {memory:3.0f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main()
