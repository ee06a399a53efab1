"""The directory in the notebook: listed, read and written by scripts that run in the Pod."""

import io
import tarfile
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import IO, cast

from kubectl_open_notebook.failure import AnswerError, ConnectionLostError, Failure
from kubectl_open_notebook.mirror import answers
from kubectl_open_notebook.mirror.answers import OF_A_LINE, OF_A_MEMBER, SECOND
from kubectl_open_notebook.mirror.listing import Tree, Version
from kubectl_open_notebook.mirror.local import CHUNK, LocalDirectory
from kubectl_open_notebook.mirror.plan import Copy, Delete
from kubectl_open_notebook.shell import Agent, Run, ScriptError, Shell, running

_GROWTH = 1 << 30
"""Bytes by which a file may have grown since it was listed, before it ends a transfer."""


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
            return answers.mark(self._agent.ask("id")[0])
        except ScriptError as error:
            raise Failure(
                f"The notebook cannot be synced: {error}, or open it without --sync."
            ) from error

    def list(self) -> Listing:
        """Return what is there now."""
        line, content = self._agent.ask(f"list {self._last.sum if self._last else ''}")
        if self._last is None or line:
            now, total = answers.clock(line)
            self._last = Listing(answers.tree(content), now - time.time_ns(), total)
        return self._last

    def apply(
        self, local: LocalDirectory, copies: Iterable[Copy], deletes: Iterable[Delete]
    ) -> Applied:
        """Copy files there and delete files there, each only if its place is as the plan says.

        Nothing happens there before everything has arrived.
        """
        wanted = dict(enumerate(copies))
        unwanted = dict(enumerate(deletes))
        most = (len(wanted) + len(unwanted)) * OF_A_LINE
        with running(self._shell, "apply", self._root, most=most) as run:
            sent = _send(run, local, wanted, unwanted)
            content = run.read_all()
            run.end()
        staged, done = answers.applied(content)
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
        left = dict(wanted)
        most = sum(2 * len(path) + each.size + OF_A_MEMBER for path, each in wanted.items())
        with running(self._shell, "fetch", self._root, most=most) as run:
            run.feed(b"".join(path.encode() + b"\0" for path in wanted))
            try:
                with tarfile.open(fileobj=_pipes(run), mode="r|", bufsize=CHUNK) as archive:
                    for member in archive:
                        version = left.pop(member.name, None)
                        if version is None:
                            raise AnswerError("an archive has what was not asked for")
                        growth = max(0, member.size - version.size)
                        if growth > _GROWTH:
                            return  # the next round has it, and what follows it
                        run.allow(growth)
                        file = archive.extractfile(member) if member.isreg() else None
                        if file and _member_version(member) == version:
                            yield member.name, version, file
            except tarfile.TarError as error:
                run.end()
                raise ConnectionLostError("a transfer was cut off") from error
            except (ValueError, OverflowError) as error:  # as `tarfile` takes what is not a number
                raise AnswerError("an archive has a header that is not one") from error
            while run.read(CHUNK):
                pass
            run.end()

    def digests(self, paths: Iterable[str]) -> dict[str, str]:
        """Return the SHA-256 of files; those that are gone are left out."""
        asked = [path.encode() for path in paths]
        most = sum(len(path) + OF_A_LINE for path in asked)
        with running(self._shell, "digest", self._root, most=most) as run:
            run.feed(b"".join(path + b"\0" for path in asked))
            found = run.read_all()
            run.end()
        return answers.digests(found, (path.decode() for path in asked))


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
    member.mtime = version.mtime // SECOND
    member.pax_headers = {"mtime": _seconds(version.mtime)}
    return member


def _member_version(member: tarfile.TarInfo) -> Version:
    mtime = member.pax_headers.get("mtime") or str(int(member.mtime))
    return Version(member.size, answers.nanoseconds(mtime), bool(member.mode & 0o100))


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
        return self._run.read(size)

    def write(self, content: bytes) -> int:
        written = self._run.input.write(content)
        self._run.moved()
        return written


def _pipes(run: Run) -> IO[bytes]:
    return cast("IO[bytes]", _Pipes(run))


def _stat(version: Version) -> str:
    """Return a version as `stat -c '%s %.9Y'` prints it."""
    return f"{version.size} {_seconds(version.mtime)}"


def _seconds(nanoseconds: int) -> str:
    return f"{nanoseconds // SECOND}.{nanoseconds % SECOND:09}"
