"""The images that a real node pulls, made on this machine and kept in the cache.

They are a registry's storage, in which each has the name of the public image that it stands for.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import binaries
import debian
import git_server
import httpx
import registry
from processes import ROOT, Program, free_port, listens, wait_until

from hooks.platform.builders import buildkit
from hooks.settings import Settings

RECIPES = Path(__file__).parent / "images"
BUILDER = ROOT / "images" / "builder"
CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
PIP_KEYS = ("extra-index-url", "index-url", "proxy", "timeout", "trusted-host")
"""What of this machine's pip configuration an image's pip needs to reach the same index."""
PYTHON = re.compile(r"python:[0-9][\w.]*-slim[\w.-]*")
DOCKER = "docker.io/"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
MADE = "made"
"""The tag of an image in the cache; what it is called today is added when the node starts."""


def prepare() -> Path:
    """Return a registry's storage with all images, made if this machine has none or old ones."""
    inputs = _inputs()
    key = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:12]
    target = binaries.CACHE / f"images-{key}"
    if not target.exists():
        print("making the node's images; this happens once and takes some minutes", flush=True)
        with tempfile.TemporaryDirectory(dir=binaries.CACHE, prefix="images-") as directory:
            made = _make(Path(directory), inputs)
            made.rename(target)
    return target


def name_all(address: str) -> None:
    """Give the images in a registry the names and tags by which the project knows them now."""
    known = [*(f"library/{name}" for name in _pythons()), *_own_tools()]
    for name in known:
        repository, _, tag = name.partition(":")
        place = f"http://{address}/v2/{repository}/manifests"
        found = httpx.get(f"{place}/{MADE}", headers={"Accept": MANIFEST}).raise_for_status()
        answer = httpx.put(
            f"{place}/{tag}", content=found.content, headers={"Content-Type": MANIFEST}
        )
        answer.raise_for_status()


class Buildah:
    """buildah with a storage of its own below a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        storage = directory / "storage.conf"
        storage.write_text(
            f'[storage]\ndriver = "overlay"\ngraphroot = "{directory / "images"}"\n'
            f'runroot = "{directory / "run"}"\n'
        )
        policy = directory / "policy.json"
        policy.write_text('{"default": [{"type": "insecureAcceptAnything"}]}')
        self.environment = {
            "CONTAINERS_STORAGE_CONF": str(storage),
            "BUILDAH_ISOLATION": "chroot",
            "TMPDIR": str(directory),
        }

    def build(self, name: str, context: Path, *flags: str, file: Path | None = None) -> None:
        """Build `context` as the image `name`, by `file` or the Dockerfile that is in it."""
        file = file or context / "Dockerfile"
        self._run("build", f"--tag={name}", f"--file={file}", *flags, str(context))

    def push(self, name: str, target: str) -> None:
        """Push an image to a registry that speaks plain HTTP."""
        self._run(
            "push", "--quiet", "--format=oci", "--tls-verify=false", name, f"docker://{target}"
        )

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            ["buildah", *arguments],
            env={**os.environ, **self.environment},
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            words = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
            raise RuntimeError(f"buildah {' '.join(arguments[:2])} failed:\n{words}")


@contextmanager
def buildah(parent: Path) -> Iterator[Buildah]:
    """Give a buildah whose images are gone afterwards."""
    with tempfile.TemporaryDirectory(dir=parent, prefix="buildah-") as directory:
        yield Buildah(Path(directory))


def _inputs() -> dict:
    """Return what decides the images' content."""
    uri, suite = debian.mirror()
    recipes = (RECIPES / "python.Dockerfile", RECIPES / "pause.Dockerfile", BUILDER / "Dockerfile")
    return {
        "mirror": [uri, suite],
        "pip": _pip(),
        "certificates": hashlib.sha256(CERTIFICATES.read_bytes()).hexdigest(),
        "git": [git_server.PUBLIC, git_server.URL],
        "builder": [each.name for each in _builder_programs()],
        "recipes": [each.read_text() for each in recipes],
    }


def _make(directory: Path, inputs: dict) -> Path:
    storage = directory / "storage"
    with buildah(directory) as tool, _serving(storage, directory) as address:
        tool.build("localhost/debian", _debian_context(directory, *inputs["mirror"]))
        python = _python_context(directory, inputs)
        tool.build("localhost/python", python, file=RECIPES / "python.Dockerfile")
        tool.build("localhost/pause", python, file=RECIPES / "pause.Dockerfile")
        context = _builder_context(directory)
        tool.build("localhost/builder", context, "--build-arg=BASE=localhost/debian")
        pushed = {
            "library/debian:bookworm-slim": "debian",
            "pause:1": "pause",
            f"library/python:{MADE}": "python",
            f"{_repository(Settings().builder.git_image)}:{MADE}": "python",
            f"{_repository(buildkit.IMAGE)}:{MADE}": "builder",
        }
        for target, source in pushed.items():
            tool.push(f"localhost/{source}", f"{address}/{target}")
    return storage


@contextmanager
def _serving(storage: Path, directory: Path) -> Iterator[str]:
    port = free_port()
    address = f"127.0.0.1:{port}"
    program = Program("registry", registry.configure(directory, storage, address))
    program.start()
    try:
        wait_until(lambda: listens(port), program)
        yield address
    finally:
        program.stop()


def _debian_context(directory: Path, uri: str, suite: str) -> Path:
    """Return a recipe that unpacks Debian's least."""
    context = directory / "debian"
    context.mkdir()
    (context / "rootfs.tar").hardlink_to(_debian(directory, uri, suite))
    (context / "Dockerfile").write_text('FROM scratch\nADD rootfs.tar /\nCMD ["bash"]\n')
    return context


def _debian(directory: Path, uri: str, suite: str) -> Path:
    """Return an archive with Debian's least, installed if this machine has not done it yet."""
    source = hashlib.sha256(uri.encode()).hexdigest()[:8]
    archive, root = binaries.CACHE / f"debian-{suite}-{source}.tar", directory / "rootfs"
    if archive.exists():
        return archive
    log = directory / "debootstrap.log"
    command = ["debootstrap", "--variant=minbase", "--include=ca-certificates"]
    with log.open("wb") as output:
        done = subprocess.run(
            [*command, suite, str(root), uri], stdout=output, stderr=output, check=False
        )
    if done.returncode:
        raise RuntimeError(f"debootstrap failed:\n{log.read_text()[-2000:]}")
    shutil.rmtree(root / "var" / "cache" / "apt")
    unfinished = directory / "rootfs.tar"
    packing = ["tar", f"--directory={root}", "--create", f"--file={unfinished}", "."]
    subprocess.run(packing, check=True)
    shutil.rmtree(root)
    unfinished.rename(archive)
    return archive


def _python_context(directory: Path, inputs: dict) -> Path:
    context = directory / "python"
    context.mkdir()
    shutil.copy(CERTIFICATES, context)
    pip = inputs["pip"]
    lines = [f"{key} = {value}" for key, value in pip.items()]
    (context / "pip.conf").write_text("\n".join(["[global]", f"cert = {CERTIFICATES}", *lines, ""]))
    index = pip.get("index-url")
    default = f'[[index]]\nurl = "{index}"\ndefault = true\n' if index else ""
    (context / "uv.toml").write_text(default)
    public, ours = inputs["git"]
    (context / "gitconfig").write_text(f'[url "{ours}"]\n  insteadOf = {public}\n')
    return context


def _builder_context(directory: Path) -> Path:
    context = directory / "builder"
    shutil.copytree(BUILDER, context)
    for program in _builder_programs():
        shutil.copy(program, context / program.name.partition("-v")[0])
    module = subprocess.run(
        ["go", "list", "-m", "-f={{.Dir}}", "github.com/moby/buildkit"],
        cwd=binaries.TOOLS / "buildkit",
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    script = "buildctl-daemonless.sh"
    shutil.copy(Path(module, "examples", "buildctl-daemonless", script), context)
    (context / script).chmod(0o755)
    return context


def _builder_programs() -> list[Path]:
    return [binaries.program(name) for name in ("buildkitd", "buildctl", "rootlesskit")]


def _pip() -> dict[str, str]:
    """Return what this machine's pip is configured with, from files and the environment."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    settings = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        name = key.rpartition(".")[2].replace("default-timeout", "timeout")
        if name in PIP_KEYS:
            settings[name] = value.strip("'")
    return settings


def _pythons() -> set[str]:
    """Return the Python images that the project's Dockerfiles and documents name."""
    dockerfiles = (ROOT / "Dockerfile", *ROOT.glob("examples/**/Dockerfile"))
    texts = [each.read_text() for each in (*dockerfiles, *ROOT.glob("docs/*.md"))]
    return {name for text in texts for name in PYTHON.findall(text)}


def builder_settings() -> dict[str, str]:
    """Return the builder's images as the settings name them where the digest is another one."""
    named = {"image": buildkit.IMAGE, "gitImage": Settings().builder.git_image}
    return {key: image.partition("@")[0] for key, image in named.items()}


def _own_tools() -> list[str]:
    """Return the images that the hooks name by default, without their registry and digest."""
    return [each.removeprefix(DOCKER) for each in builder_settings().values()]


def _repository(image: str) -> str:
    return image.removeprefix(DOCKER).partition(":")[0]
