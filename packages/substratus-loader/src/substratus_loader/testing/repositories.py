"""Repositories of a Hub: what its API says of them."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from substratus_loader.testing.content import Content

LARGE = (".bin", ".gguf", ".parquet", ".safetensors")


@dataclass
class Repository:
    """Revisions by name, each with its files by path; `access` is who may read it."""

    kind: str
    name: str
    revisions: dict[str, dict[str, Content]] = field(default_factory=dict)
    private: bool = False
    gated: bool = False

    def commit(self, revision: str) -> str | None:
        """Return the commit of a branch, a tag or a commit."""
        for name, files in self.revisions.items():
            commit = commit_of(self.name, files)
            if revision in {name, commit}:
                return commit
        return None

    def files(self, revision: str) -> dict[str, Content]:
        """Return the files of a branch, a tag or a commit."""
        for name, files in self.revisions.items():
            if revision in {name, commit_of(self.name, files)}:
                return files
        return {}


def is_large(path: str) -> bool:
    """Say whether a file is stored as Git LFS stores it, by its ending."""
    return path.endswith(LARGE)


def info(repository: Repository, commit: str) -> dict[str, Any]:
    """Return what `/api/models/org/name/revision/…` answers."""
    return {
        "_id": commit[:24],
        "id": repository.name,
        "modelId": repository.name,
        "sha": commit,
        "private": repository.private,
        "gated": "auto" if repository.gated else False,
        "tags": [],
        "downloads": 0,
        "likes": 0,
        "siblings": [{"rfilename": path} for path in sorted(repository.files(commit))],
    }


def entries(files: dict[str, Content], path: str, *, recursive: bool) -> list[dict[str, Any]]:
    """Return what `/api/models/org/name/tree/…` answers."""
    below = path + "/" if path else ""
    entries: dict[str, dict[str, Any]] = {}
    for name, content in sorted(files.items()):
        if not name.startswith(below):
            continue
        folders = name[len(below) :].split("/")[:-1]
        for depth in range(len(folders) if recursive else min(len(folders), 1)):
            folder = below + "/".join(folders[: depth + 1])
            oid = hashlib.sha1(folder.encode(), usedforsecurity=False).hexdigest()
            entries[folder] = {"type": "directory", "oid": oid, "size": 0, "path": folder}
        if recursive or not folders:
            entries[name] = _entry(name, content)
    return list(entries.values())


def _entry(name: str, content: Content) -> dict[str, Any]:
    if not is_large(name):
        oid = content.git_sha1
        return {"type": "file", "oid": oid, "size": content.size, "path": name}
    pointer = (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{content.sha256}\n"
        f"size {content.size}\n"
    ).encode()
    return {
        "type": "file",
        "oid": Content(data=pointer).git_sha1,
        "size": content.size,
        "path": name,
        "lfs": {"oid": content.sha256, "size": content.size, "pointerSize": len(pointer)},
    }


def commit_of(name: str, files: dict[str, Content]) -> str:
    """Return the commit of these files: 40 hexadecimal digits of their names and contents."""
    digest = hashlib.sha1(name.encode(), usedforsecurity=False)
    for path, content in sorted(files.items()):
        digest.update(f"{path} {content.sha256}\n".encode())
    return digest.hexdigest()
