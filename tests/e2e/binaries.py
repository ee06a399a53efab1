"""The programs of a real cluster, built once from the pins in tools/ into a cache elsewhere.

Metacontroller is in no package registry: it is taken from `METACONTROLLER`, the cache or the PATH.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

TOOLS = Path(__file__).parent / "tools"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "substratus-e2e"


class MissingProgramError(RuntimeError):
    """A program that is needed is not here; the message says how to get it."""


@dataclass(frozen=True)
class Tool:
    """A program pinned by a `tool` line of a go.mod."""

    name: str
    module: str
    package: str
    versioned: str

    def version(self) -> str:
        """Return the version that the go.mod pins."""
        for line in (TOOLS / self.module / "go.mod").read_text().splitlines():
            words = line.split()
            if len(words) >= 2 and words[0] == self.versioned:
                return words[1]
        message = f"tests/e2e/tools/{self.module}/go.mod does not pin {self.versioned}."
        raise MissingProgramError(message)


TOOL_LIST = (
    Tool("etcd", "etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3"),
    Tool("kwok", "kwok", "sigs.k8s.io/kwok/cmd/kwok", "sigs.k8s.io/kwok"),
    *(
        Tool(name, "kubernetes", f"k8s.io/kubernetes/cmd/{name}", "k8s.io/kubernetes")
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    ),
)


def program(name: str) -> Path:
    """Return a pinned program, built if this machine has not built it yet."""
    tool = next(each for each in TOOL_LIST if each.name == name)
    target = CACHE / f"{name}-{tool.version()}"
    if not target.exists():
        _build(tool, target)
    return target


def kubectl() -> str:
    """Return kubectl."""
    found = os.environ.get("KUBECTL") or shutil.which("kubectl")
    if not found:
        message = "kubectl is not on the PATH; install it, or set KUBECTL to it."
        raise MissingProgramError(message)
    return found


def metacontroller() -> Path | None:
    """Return Metacontroller's program, or None where there is none."""
    given = os.environ.get("METACONTROLLER")
    cached = CACHE / "metacontroller"
    on_path = shutil.which("metacontroller")
    for each in (given, str(cached) if cached.exists() else None, on_path):
        if each:
            return Path(each)
    return None


def _build(tool: Tool, target: Path) -> None:
    if not shutil.which("go"):
        message = f"{tool.name} must be built, and Go (1.26 or newer) is not on the PATH."
        raise MissingProgramError(message)
    CACHE.mkdir(parents=True, exist_ok=True)
    version = tool.version()
    major, minor = version.removeprefix("v").split(".")[:2]
    package = "k8s.io/component-base/version"
    flags = f"-s -w -X {package}.gitVersion={version}"
    flags += f" -X {package}.gitMajor={major} -X {package}.gitMinor={minor}"
    print(f"building {tool.name} {version}; this happens once and takes some minutes", flush=True)
    unfinished = target.with_suffix(f".{os.getpid()}")
    subprocess.run(
        ["go", "build", "-ldflags", flags, "-o", str(unfinished), tool.package],
        cwd=TOOLS / tool.module,
        env={**os.environ, "CGO_ENABLED": "0"},
        check=True,
    )
    unfinished.rename(target)
