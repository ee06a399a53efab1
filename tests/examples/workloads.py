"""The images of examples/tiny as directories, and their scripts as processes."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

TINY = Path(__file__).parents[2] / "examples" / "tiny"
ENVIRONMENT = {
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


@dataclass(frozen=True)
class Image:
    """A directory that stands for the root of a container of one of the images."""

    root: Path

    def start(self, script, **variables):
        """Start a script as Kubernetes would, but for the root directory and the ports."""
        return subprocess.Popen(
            ["sh", self.root / script],
            env={**ENVIRONMENT, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, script, **variables):
        """Return the exit code of a script, and what it wrote to its error output."""
        with self.start(script, **variables) as process:
            _, errors = process.communicate()
        return process.returncode, errors


def image_of(directory, root, *, ports=None):
    """Return the image of a directory of examples/tiny, below `root`.

    Args:
        directory: its name.
        root: where to make it.
        ports: what takes the place of a port, by the port.
    """
    home = root / directory.partition("-")[0]
    shutil.copytree(TINY / directory / "src", home / "src")
    for each in ("logs", "trained"):
        (home / each).mkdir()
    for script in (TINY / directory).glob("*.sh"):
        text = script.read_text().replace(f"/{home.name}", str(home))
        for port, free in (ports or {}).items():
            text = text.replace(f"0.0.0.0:{port}", f"127.0.0.1:{free}")
        (root / script.name).write_text(text)
    return Image(root)


def model_image(root, *, ports=None):
    """Return the base Model's image; its weights are made as its Dockerfile makes them."""
    image = image_of("model-char", root, ports=ports)
    (root / "model/saved").mkdir()
    (root / "model/saved/weights.npz").write_bytes(base_weights())
    return image


@cache
def base_weights():
    """Return the file of weights that the build of the base Model's image writes."""
    with TemporaryDirectory() as directory:
        image_of("model-char", Path(directory))
        model = Path(directory) / "model"
        subprocess.run([sys.executable, model / "src/initialise.py"], env=ENVIRONMENT, check=True)
        return (model / "saved/weights.npz").read_bytes()


def measured(image):
    """Return the lines of a training's measurements."""
    path = image.root / "model/logs/metrics.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
