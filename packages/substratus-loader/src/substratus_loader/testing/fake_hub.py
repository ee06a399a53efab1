"""A Hub of one's own, which the Hub's real client talks to through HF_ENDPOINT.

It answers what the client asks for to list and to load repositories. Large files are, as on the
real one, on another host, to which the Hub redirects.

    python -m substratus_loader.testing.fake_hub DIRECTORY --host 10.0.0.1 --port 8800

serves `DIRECTORY/models/org/name/…` and `DIRECTORY/datasets/org/name/…`.
"""

import argparse
import json
import time
from collections import deque
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

from substratus_loader.testing.answers import Handler, Server
from substratus_loader.testing.content import Content
from substratus_loader.testing.faults import Fault, Status
from substratus_loader.testing.repositories import Repository, commit_of, entries, info, is_large


class _Hub(Handler):
    server_of: "FakeHub"

    def do_HEAD(self) -> None:  # noqa: N802 - the base's name
        self.do_GET()

    def do_GET(self) -> None:  # noqa: N802 - the base's name
        hub = self.server_of
        split = urlsplit(self.path)
        hub.requests.append((split.path, self.headers.get("Range")))
        if split.path.startswith("/cdn/"):
            if "Authorization" in self.headers:
                hub.tokens_at_the_cdn.add(self.headers["Authorization"])
            self._large(split.path)
            return
        if hub.api_faults and split.path.startswith("/api/"):
            fault = hub.api_faults.popleft()
            if fault is not None:
                self.empty(fault.status, dict(fault.headers))
                return
        found = _route(split.path)
        if found is None:
            self.empty(404)
            return
        kind, name, what, rest = found
        repository = hub.repositories.get((kind, name))
        refusal = self._refusal(repository, what)
        if refusal is not None or repository is None:
            self._refuse(*(refusal or (404, "RepoNotFound", "Repository not found")))
            return
        revision, _, path = rest.partition("/")
        revision, path = unquote(revision) or "main", unquote(path)
        commit = repository.commit(revision)
        if commit is None:
            self._refuse(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        elif what == "revision":
            self._json(info(repository, commit))
        elif what == "tree":
            self._tree(repository, commit, path, parse_qs(split.query))
        else:
            self._resolve(repository, commit, path)

    def _refusal(self, repository: Repository | None, what: str) -> tuple[int, str, str] | None:
        given = self.headers.get("Authorization", "").removeprefix("Bearer ")
        if given and given not in self.server_of.tokens:
            return 401, "", "Invalid credentials in Authorization header"
        if repository is None or (repository.private and not given):
            # To a stranger, what is private and what is not there look alike.
            return (
                (404, "RepoNotFound", "Repository not found")
                if given
                else (401, "", "Invalid username or password.")
            )
        if repository.gated and what == "resolve" and not self.server_of.tokens.get(given):
            return (403 if given else 401), "GatedRepo", "Access to this repository is restricted"
        return None

    def _refuse(self, status: int, code: str, message: str) -> None:
        headers = {"X-Error-Message": message, **({"X-Error-Code": code} if code else {})}
        self.empty(status, headers, json.dumps({"error": message}).encode())

    def _json(self, value: object, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(value).encode()
        self.empty(200, {"Content-Type": "application/json", **(headers or {})}, body)

    def _tree(
        self, repository: Repository, commit: str, path: str, query: dict[str, list[str]]
    ) -> None:
        recursive = query.get("recursive", ["false"])[0].lower() == "true"
        found = entries(repository.files(commit), path, recursive=recursive)
        if path and not found:
            self._refuse(404, "EntryNotFound", f"{path} does not exist")
            return
        begin = int(query.get("cursor", ["0"])[0])
        end = begin + self.server_of.page
        headers = {}
        if end < len(found):
            here = urlsplit(self.path).path
            following = f"{self.server_of.url}{here}?recursive={recursive}&cursor={end}"
            headers["Link"] = f'<{following}>; rel="next"'
        self._json(found[begin:end], headers)

    def _resolve(self, repository: Repository, commit: str, path: str) -> None:
        content = repository.files(commit).get(path)
        if content is None:
            self._refuse(404, "EntryNotFound", f"{path} does not exist")
            return
        headers = {"X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
        if not is_large(path):
            headers["ETag"] = f'"{content.git_sha1}"'
            self.file(content, headers, fault=self.server_of.fault(path))
            return
        self.server_of.large[content.sha256] = (path, content)
        signed = f"{self.server_of.cdn_url}/cdn/{content.sha256}?Expires={int(time.time()) + 3600}"
        headers |= {
            "X-Linked-ETag": f'"{content.sha256}"',
            "X-Linked-Size": str(content.size),
            "Location": f"{signed}&Signature={quote('a/b+c')}",
        }
        self.empty(302, headers)

    def _large(self, path: str) -> None:
        named = self.server_of.large.get(path.removeprefix("/cdn/"))
        if named is None:
            self.empty(403)
            return
        name, content = named
        self.file(content, {"ETag": f'"{content.sha256}"'}, fault=self.server_of.fault(name))


class FakeHub(Server):
    """A Hub; `tokens` are the valid ones, each with whether it may read what is gated.

    `faults` are met by the answers with a file, by its path; `api_faults` by those of the API.
    `cdn_url` is where large files are: another address of this machine, and the same port.
    """

    handler = _Hub

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        url: str | None = None,
        cdn_url: str | None = None,
    ) -> None:
        # The client must be sent to another host for large files, so all of the machine's listen.
        super().__init__("0.0.0.0" if url or host.startswith("127.") else host, port)  # noqa: S104
        self.url = url or f"http://{host}:{self.port}"
        self.cdn_url = cdn_url or f"http://127.0.0.2:{self.port}"
        self.repositories: dict[tuple[str, str], Repository] = {}
        self.tokens: dict[str, bool] = {}
        self.tokens_at_the_cdn: set[str] = set()
        self.requests: list[tuple[str, str | None]] = []
        self.large: dict[str, tuple[str, Content]] = {}
        self.faults: dict[str, deque[Fault | None]] = {}
        self.api_faults: deque[Status | None] = deque()
        self.page = 1000

    def add(
        self,
        name: str,
        files: dict[str, bytes | Content],
        *,
        kind: str = "model",
        revision: str = "main",
        private: bool = False,
        gated: bool = False,
    ) -> str:
        """Add a revision of a repository, and return its commit."""
        repository = self.repositories.setdefault((kind, name), Repository(kind, name))
        repository.private, repository.gated = private, gated
        contents = {
            path: Content(data=content) if isinstance(content, bytes) else content
            for path, content in files.items()
        }
        repository.revisions[revision] = contents
        return commit_of(name, contents)

    def add_directory(self, directory: Path) -> None:
        """Add what is in `models/org/name/` and `datasets/org/name/` below a directory."""
        for kind in ("model", "dataset"):
            for path in sorted((directory / f"{kind}s").glob("*/*")):
                files: dict[str, bytes | Content] = {
                    str(file.relative_to(path)): Content(path=file)
                    for file in sorted(path.rglob("*"))
                    if file.is_file()
                }
                self.add(f"{path.parent.name}/{path.name}", files, kind=kind)

    def fault(self, path: str) -> Fault | None:
        """Return what goes wrong with the next answer with this file."""
        faults = self.faults.get(path)
        return faults.popleft() if faults else None


def _route(path: str) -> tuple[str, str, str, str] | None:
    # /api/models/org/name[/revision/R | /tree/R/path], /[datasets/]org/name/resolve/R/path
    parts = path.strip("/").split("/")
    if parts[0] == "api":
        kind, parts = parts[1].removesuffix("s"), parts[2:]
        what, rest = (parts[2], parts[3:]) if parts[2:] else ("revision", ["main"])
    else:
        kind = "dataset" if parts[0] == "datasets" else "model"
        parts = parts[1:] if kind == "dataset" else parts
        what, rest = "".join(parts[2:3]), parts[3:]
    if len(parts) < 2 or what not in {"revision", "tree", "resolve"}:  # noqa: PLR2004
        return None
    return kind, "/".join(parts[:2]), what, "/".join(rest)


def main() -> None:
    """Serve a directory until the process is ended."""
    parser = argparse.ArgumentParser(prog="python -m substratus_loader.testing.fake_hub")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--host", default="127.0.0.1", help="where it listens")
    parser.add_argument("--port", type=int, default=8800)
    parser.add_argument("--url", help="what clients are given as HF_ENDPOINT")
    parser.add_argument("--cdn-url", help="where large files are: another name or address of it")
    parser.add_argument("--token", action="append", default=[], help="a valid one; repeated")
    parser.add_argument("--gated", action="append", default=[], metavar="ORG/NAME")
    parser.add_argument("--private", action="append", default=[], metavar="ORG/NAME")
    given = parser.parse_args()
    with FakeHub(given.host, given.port, url=given.url, cdn_url=given.cdn_url) as hub:
        hub.add_directory(given.directory)
        hub.tokens = dict.fromkeys(given.token, True)
        for (_, name), repository in hub.repositories.items():
            repository.gated = name in given.gated
            repository.private = name in given.private
        print(f"HF_ENDPOINT={hub.url}, large files at {hub.cdn_url}", flush=True)  # noqa: T201
        hub.wait()


if __name__ == "__main__":
    main()
