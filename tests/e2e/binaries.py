"""The programs of a real cluster, built once from the pins in tools/ into a cache elsewhere.

Metacontroller is in no package registry: it is taken from `METACONTROLLER`, the cache or the PATH.
"""

import fcntl
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

TOOLS = Path(__file__).parent / "tools"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "substratus-e2e"
GO = (1, 26)
"""The oldest Go that builds the pins."""


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
        place = f"tests/e2e/tools/{self.module}/go.mod"
        raise MissingProgramError(f"{place} does not pin {self.versioned}.")


TOOL_LIST = (
    Tool("etcd", "etcd", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3"),
    Tool("kwok", "kwok", "sigs.k8s.io/kwok/cmd/kwok", "sigs.k8s.io/kwok"),
    *(
        Tool(name, "kubernetes", f"k8s.io/kubernetes/cmd/{name}", "k8s.io/kubernetes")
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler")
    ),
)
"""What every tier needs."""
NODE_TOOL_LIST = (
    *(
        Tool(name, "kubernetes", f"k8s.io/kubernetes/cmd/{name}", "k8s.io/kubernetes")
        for name in ("kubelet", "kube-proxy")
    ),
    Tool("coredns", "coredns", "github.com/coredns/coredns", "github.com/coredns/coredns"),
    Tool(
        "registry",
        "registry",
        "github.com/distribution/distribution/v3/cmd/registry",
        "github.com/distribution/distribution/v3",
    ),
    *(
        Tool(name, "buildkit", f"github.com/moby/buildkit/cmd/{name}", "github.com/moby/buildkit")
        for name in ("buildkitd", "buildctl")
    ),
    Tool(
        "rootlesskit",
        "buildkit",
        "github.com/rootless-containers/rootlesskit/v3/cmd/rootlesskit",
        "github.com/rootless-containers/rootlesskit/v3",
    ),
)
"""What a real node needs beside."""


def program(name: str) -> Path:
    """Return a pinned program, built if this machine has not built it yet."""
    tool = next(each for each in (*TOOL_LIST, *NODE_TOOL_LIST) if each.name == name)
    target = CACHE / f"{name}-{tool.version()}"
    if not target.exists():
        _build_once(tool, target)
    return target


def kubectl() -> str:
    """Return kubectl."""
    found = os.environ.get("KUBECTL") or shutil.which("kubectl")
    if not found:
        raise MissingProgramError("kubectl is not on the PATH; install it, or set KUBECTL to it.")
    return found


def metacontroller() -> Path | None:
    """Return Metacontroller's program, or None where there is none.

    Raises MissingProgramError where `METACONTROLLER` names something else.
    """
    given = os.environ.get("METACONTROLLER")
    if given and not shutil.which(given):
        raise MissingProgramError(f"METACONTROLLER is {given}, which is not a program.")
    cached = shutil.which(CACHE / "metacontroller")
    found = given or cached or shutil.which("metacontroller")
    return Path(found) if found else None


def _build_once(tool: Tool, target: Path) -> None:
    """Build a program, unless another run does: then wait for it, as two take twice as long."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with CACHE.joinpath(f"{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            _build(tool, target)


def _build(tool: Tool, target: Path) -> None:
    version = tool.version()
    _require_go(f"{tool.name} {version}")
    major, minor = version.removeprefix("v").split(".")[:2]
    package = "k8s.io/component-base/version"
    # Without these kubectl cannot read the API server's version.
    flags = f"-s -w -X {package}.gitVersion={version}"
    flags += f" -X {package}.gitMajor={major} -X {package}.gitMinor={minor}"
    print(f"building {tool.name} {version}; this happens once and takes some minutes", flush=True)
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    done = subprocess.run(
        ["go", "build", "-ldflags", flags, "-o", str(unfinished), tool.package],
        cwd=TOOLS / tool.module,
        env={**os.environ, "CGO_ENABLED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise MissingProgramError(f"{tool.name} {version} cannot be built: {done.stderr.strip()}")
    unfinished.rename(target)


def _require_go(wanted_for: str) -> None:
    needed = f"{wanted_for} must be built once, by Go {GO[0]}.{GO[1]} or newer"
    if not shutil.which("go"):
        raise MissingProgramError(f"{needed}; Go is not on the PATH.")
    # The version of the go command itself, whatever toolchain a go.mod asks for.
    found = subprocess.run(
        ["go", "env", "GOVERSION"],
        env={**os.environ, "GOTOOLCHAIN": "local"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    version = re.match(r"go(\d+)\.(\d+)", found)
    if version and (int(version[1]), int(version[2])) < GO:
        raise MissingProgramError(f"{needed}; the one on the PATH is {found}.")
