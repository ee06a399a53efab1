"""The directory in the notebook: listed, read and written by scripts that run in the Pod."""

import io
import os
import tarfile
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import IO, cast

from kubectl_open_notebook.failure import ConnectionLostError, Failure
from kubectl_open_notebook.mirror.listing import Tree, Version, is_syncable
from kubectl_open_notebook.mirror.local import CHUNK, LocalDirectory
from kubectl_open_notebook.mirror.plan import Copy, Delete
from kubectl_open_notebook.shell import Agent, Run, ScriptError, Shell, running

_SECOND = 1_000_000_000


@dataclass(frozen=True)
class Listing:
    """What was listed, by how many ns the Pod's clock is ahead of this one, and the list's sum."""

    tree: Tree
    ahead: int
    sum: str


@dataclass(frozen=True)
class Applied:
    """What became of copies and deletes: the version now there; those that had changed are out."""

    copied: dict[str, tuple[Version, Version]]
    deleted: set[str]


class RemoteDirectory:
    """The notebook's side of the sync.

    Every method raises `ConnectionLostError` where the connection breaks, and `ScriptError`
    where the Pod's side fails, for one because its disk is full.

    Args:
        shell: the way into the Pod.
        agent: the script that answers there.
        root: the directory in the Pod.
    """

    def __init__(self, shell: Shell, agent: Agent, root: str) -> None:
        self._shell = shell
        self._agent = agent
        self._root = root
        self._last: Listing | None = None

    def id(self) -> str:
        """Return the mark of this directory; another claim has another.

        Raises:
            Failure: nothing can be written there.
        """
        try:
            return self._agent.ask("id")[0]
        except ScriptError as error:
            raise Failure(
                f"The notebook cannot be synced: {error}. Let the image's user write there, or "
                "open it without --sync."
            ) from error

    def list(self) -> Listing:
        """Return what is there now."""
        line, content = self._agent.ask(f"list {self._last.sum if self._last else ''}")
        if self._last is None or line:
            now, _, total = line.partition(" ")
            self._last = Listing(_tree(content), _nanoseconds(now) - time.time_ns(), total)
        return self._last

    def apply(
        self, local: LocalDirectory, copies: Iterable[Copy], deletes: Iterable[Delete]
    ) -> Applied:
        """Copy files there and delete files there, each only if its place is as the plan says.

        Nothing happens there before everything has arrived.
        """
        wanted = dict(enumerate(copies))
        unwanted = dict(enumerate(deletes))
        with running(self._shell, "apply", self._root) as run:
            sent = _send(run, local, wanted, unwanted)
            staged: dict[str, Version] = {}
            done: set[str] = set()
            for line in run.output:
                run.moved()
                word, *rest = line.decode(errors="replace").split()
                if word == "staged":
                    staged[rest[0]] = _version(*rest[1:])
                elif word == "done":
                    done.add(rest[0])
            run.end()
        return Applied(
            copied={
                wanted[number].path: (version, staged[str(number)])
                for number, version in sent.items()
                if str(number) in done and str(number) in staged
            },
            deleted={each.path for number, each in unwanted.items() if f"x{number}" in done},
        )

    def fetch(
        self, wanted: dict[str, Version]
    ) -> Generator[tuple[str, Version, IO[bytes]], None, None]:
        """Yield files with their content, to be read before the next.

        What is gone or is not the wanted version any more is left out; what changes while it is
        read is not noticed here: list again before you believe it.
        """
        with running(self._shell, "fetch", self._root) as run:
            run.feed(b"".join(path.encode() + b"\0" for path in wanted))
            try:
                with tarfile.open(fileobj=_pipes(run), mode="r|", bufsize=CHUNK) as archive:
                    for member in archive:
                        version = _member_version(member)
                        file = archive.extractfile(member) if member.isreg() else None
                        if file and wanted.get(member.name) == version:
                            yield member.name, version, file
            except tarfile.TarError as error:
                run.end()
                raise ConnectionLostError("a transfer was cut off") from error
            while run.output.read(CHUNK):
                run.moved()
            run.end()

    def digests(self, paths: Iterable[str]) -> dict[str, str]:
        """Return the SHA-256 of files; those that are gone are left out."""
        with running(self._shell, "digest", self._root) as run:
            run.feed(b"".join(path.encode() + b"\0" for path in paths))
            found = run.output.read()
            run.end()
        lines = (each.decode(errors="replace").partition("  ") for each in found.split(b"\0"))
        return {path: digest for digest, _, path in lines if path}


def _send(
    run: Run, local: LocalDirectory, wanted: dict[int, Copy], unwanted: dict[int, Delete]
) -> dict[int, Version]:
    """Write the archive; return the versions of the files that stayed as they were."""
    sent: dict[int, Version] = {}
    lines = [f"x{at}\x1f{_stat(each.version)}\x1f-\x1f{each.path}" for at, each in unwanted.items()]
    with tarfile.open(
        fileobj=_pipes(run), mode="w|", format=tarfile.PAX_FORMAT, bufsize=CHUNK
    ) as archive:
        for number, each in wanted.items():
            with local.read(each.path) as opened:
                if opened is None or opened[1] != each.version:
                    continue
                archive.addfile(
                    _member(str(number), each.version), cast("IO[bytes]", _Exactly(*opened))
                )
            if local.version(each.path) != each.version:
                continue  # it changed while it was read
            sent[number] = each.version
            was = _stat(each.replaces) if each.replaces else "-"
            lines.append(f"{number}\x1f{was}\x1f{each.keep or '-'}\x1f{each.path}")
        plan = "".join(f"{line}\n" for line in lines).encode()
        archive.addfile(_member("plan", Version(len(plan), 0)), io.BytesIO(plan))
    run.input.close()
    return sent


def _member(name: str, version: Version) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size = version.size
    member.mode = 0o755 if version.executable else 0o644
    member.mtime = version.mtime // _SECOND
    member.pax_headers = {"mtime": _seconds(version.mtime)}
    return member


def _member_version(member: tarfile.TarInfo) -> Version:
    mtime = member.pax_headers.get("mtime") or str(int(member.mtime))
    return Version(member.size, _nanoseconds(mtime), bool(member.mode & 0o100))


class _Exactly:
    """A file that has the size it had, whatever becomes of it; an archive's member must."""

    def __init__(self, file: IO[bytes], version: Version) -> None:
        self._file = file
        self._left = version.size

    def read(self, size: int) -> bytes:
        size = min(size, self._left)
        content = self._file.read(size)
        content += bytes(size - len(content))
        self._left -= size
        return content


class _Pipes:
    """A script's pipes, with each read and write as a sign of life."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def read(self, size: int) -> bytes:
        self._run.moved()
        content = self._run.output.read(size)
        self._run.moved()
        return content

    def write(self, content: bytes) -> int:
        written = self._run.input.write(content)
        self._run.moved()
        return written


def _pipes(run: Run) -> IO[bytes]:
    return cast("IO[bytes]", _Pipes(run))


def _tree(content: bytes) -> Tree:
    files: dict[str, Version] = {}
    directories: set[str] = set()
    others: set[str] = set()
    for entry in content.split(b"\0")[:-1]:
        kind, size, mtime, mode, path = os.fsdecode(entry).split(" ", 4)
        if not is_syncable(path):
            others.add(path)
        elif kind == "f":
            files[path] = _version(size, mtime, mode)
        elif kind == "d":
            directories.add(path)
        else:
            others.add(path)
    return Tree(files, frozenset(directories), frozenset(others))


def _version(size: str, mtime: str, mode: str) -> Version:
    return Version(int(size), _nanoseconds(mtime), bool(int(mode, 8) & 0o100))


def _stat(version: Version) -> str:
    """Return a version as `stat -c '%s %.9Y'` prints it."""
    return f"{version.size} {_seconds(version.mtime)}"


def _seconds(nanoseconds: int) -> str:
    return f"{nanoseconds // _SECOND}.{nanoseconds % _SECOND:09}"


def _nanoseconds(seconds: str) -> int:
    whole, _, part = seconds.partition(".")
    return int(whole) * _SECOND + int((part + "000000000")[:9])
