"""The first process of a real node's mount and PID namespaces; when it ends, all of them end.

What containerd, the kubelet and CNI write to /run and /var stays in the node's directory, and
no mount of theirs is seen outside.
"""

import os
import subprocess
import sys
import time
from pathlib import Path


def main(directory: Path) -> None:
    """Give the node a /run and a /var of its own, say so, and wait for children forever."""
    for name in ("upper", "work"):
        (directory / "var" / name).mkdir(parents=True)
    upper, work = directory / "var" / "upper", directory / "var" / "work"
    options = f"lowerdir=/var,upperdir={upper},workdir={work}"
    subprocess.run(["mount", "-t", "overlay", "-o", options, "overlay", "/var"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)
    (directory / "ready").touch()
    while True:
        try:
            os.wait()
        except ChildProcessError:
            time.sleep(0.2)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
