"""What a real node takes from the machine: root, Linux, and packages of Debian."""

import functools
import os
import platform
import shutil
import subprocess

PROGRAMS = {
    "buildah": "buildah",
    "containerd": "containerd",
    "ctr": "containerd",
    "debootstrap": "debootstrap",
    "git": "git",
    "ip": "iproute2",
    "nft": "nftables",
    "nsenter": "util-linux",
    "openssl": "openssl",
    "runc": "runc",
    "unshare": "util-linux",
    "/usr/lib/cni/bridge": "containernetworking-plugins",
}
"""Which package has each program."""


def why_no_node() -> str:
    """Return why this machine cannot run a real node, in a sentence; empty where it can."""
    if platform.system() != "Linux":
        return f"a real node needs Linux; this is {platform.system()}."
    if os.geteuid():
        return "a real node needs root."
    missing = _missing()
    if missing and not shutil.which("apt-get"):
        return f"a real node needs {', '.join(missing)}, and there is no apt-get to install them."
    if not _may("unshare", "--mount", "--pid", "--fork", "true"):
        return "a real node needs mount and PID namespaces, which this machine does not allow."
    return ""


def install() -> None:
    """Install the packages that are missing.

    Raises RuntimeError with apt's last words where they cannot be installed.
    """
    packages = sorted({PROGRAMS[program] for program in _missing()})
    if not packages:
        return
    print(f"installing {', '.join(packages)}", flush=True)
    _apt("update")
    _apt("install", "--yes", "--no-install-recommends", *packages)


@functools.cache
def mirror() -> tuple[str, str]:
    """Return URI and suite from which this machine installs Debian itself."""
    release = platform.freedesktop_os_release()
    suite = release.get("VERSION_CODENAME", "")
    listed = subprocess.run(
        ["apt-get", "indextargets", "--format=$(REPO_URI) $(RELEASE)", "Created-By: Packages"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for line in listed.splitlines():
        uri, _, found = line.partition(" ")
        if found == suite and release.get("ID") == "debian":
            return uri, suite
    raise RuntimeError(f"apt names no mirror of Debian {suite}; images are made from one.")


def _missing() -> list[str]:
    return [program for program in PROGRAMS if not shutil.which(program, path=_path())]


def _path() -> str:
    return f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


def _may(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _apt(*arguments: str) -> None:
    done = subprocess.run(
        ["apt-get", *arguments],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        words = " ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-3:])
        raise RuntimeError(f"apt-get {arguments[0]} failed: {words}")
