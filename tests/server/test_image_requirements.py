"""The hook server's image installs one group of the lock: all that the server imports is in it."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
IMPORT = """
import importlib.metadata, json, re, sys

def plain(name):
    return re.sub("[-_.]+", "-", name).lower()

installed = {plain(each) for each in json.loads(sys.argv[1])}
others = {
    module
    for module, owners in importlib.metadata.packages_distributions().items()
    if not {plain(each) for each in owners} & installed
} - {"hooks"}

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if name in others:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refusing())
import gunicorn.app.wsgiapp
import hooks.server.app
import hooks.server.gunicorn
import hooks.server.worker
"""
"""A program that has no other packages than those that are given."""


def test_the_server_is_imported_with_what_its_image_installs():
    export = [Path(sys.executable).parent / "uv", "export", "--quiet", "--frozen", "--offline"]
    listed = subprocess.run(
        [*export, "--only-group=server", "--no-header", "--no-hashes", "--no-annotate"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = [line.partition("==")[0] for line in listed.splitlines() if "==" in line]
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, json.dumps(names)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
