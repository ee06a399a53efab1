"""A world with two directories that sync, and what nobody may touch beside them."""

import os
import tarfile
from pathlib import Path

from kubectl_open_notebook.failure import ConnectionLostError, Failure
from kubectl_open_notebook.scripts import text
from kubectl_open_notebook.shell import ScriptError
from sides import Sides

REFUSED = (Failure, ScriptError, ConnectionLostError)
"""What a person reads in a sentence; anything else is a fault of the program."""
DAYS_AGO = 1_000_000_000


class World(Sides):
    """Both directories, not synced yet; `outside` is what a link may lead to."""

    def __init__(self, root: Path):
        self.outside, self.programs = root / "outside", root / "programs"
        (self.outside / "below").mkdir(parents=True)
        self.programs.mkdir()
        for path in ("secret", "below/secret"):
            (self.outside / path).write_text("untouched")
            os.utime(self.outside / path, (DAYS_AGO, DAYS_AGO))
        super().__init__(root, opens=False)
        self.said = ""

    def program(self, name, script):
        """Have a program of the image's own in the Pod, which knows `--version` too."""
        file = self.programs / name
        file.write_text(f'#!/bin/sh\n[ "$1" = --version ] && exit 0\n{script}\n')
        file.chmod(0o755)
        self.shell.environment = {"PATH": f"{self.programs}:{os.environ['PATH']}"}

    def listing(self, *entries):
        """Have a `find` that lists these beside nothing else; `printf` writes them."""
        text = "".join(f"{each}\\0" for each in entries)
        self.program("find", f"case $* in *-printf*) printf '{text}' ;; esac")

    def archive(self, *members):
        """Have a `tar` that sends these members."""
        padded = [
            member.tobuf(tarfile.PAX_FORMAT) + content.ljust(512, b"\0")
            for member, content in members
        ]
        self.sends(b"".join(padded) + bytes(10240))

    def sends(self, content, then=""):
        """Have a `tar` that sends this where it should send files."""
        file = self.programs / "archive"
        file.write_bytes(content)
        self.program("tar", f'case $1 in -cf) cat {file}; {then} ;; *) exec /bin/tar "$@" ;; esac')

    def like(self, name="a", **fields):
        """Return the header of the one file that the notebook has, with something else in it."""
        if not (self.notebook / "a").exists():
            self.write("notebook", "a", "1", age=10)
        found = (self.notebook / "a").stat()
        member = tarfile.TarInfo(name)
        member.size = 1
        member.mode = 0o644
        member.pax_headers = {"mtime": f"{found.st_mtime_ns / 1e9:.9f}"}
        for field, value in fields.items():
            setattr(member, field, value)
        return member

    def meanwhile_of(self, script, what):
        """Do something once, before a script starts in the Pod."""
        wanted = text(script)

        def before(started):
            if started == wanted:
                self.shell.before = lambda _: None
                what()

        self.shell.before = before

    def try_to_sync(self, *, rounds=3):
        """Sync as far as it goes; what is refused must be a sentence."""
        try:
            self.open()
            for _ in range(rounds):
                outcome = self.mirror.round(everything=True)
                self.said += " ".join(outcome.trouble)
        except REFUSED as error:
            self.said += str(error)
        finally:
            self.close()

    def beside(self):
        """Return all that is not in the two directories: content, kind and times of each."""
        found = {}
        for path in sorted(self.outside.parent.rglob("*")):
            if any(path.is_relative_to(each) for each in (self.local, self.notebook, self.state)):
                continue
            status = path.lstat()
            content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
            found[path] = (status.st_mode, status.st_mtime_ns, content)
        return found

    def links(self):
        """Return the links in the local directory."""
        return {path for path in self.local.rglob("*") if path.is_symlink()}


def pipe(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)


def link(path, target):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def aged(path, seconds):
    os.utime(path, (seconds, seconds), follow_symlinks=False)
