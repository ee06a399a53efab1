"""Git repositories of a real node, which its Pods clone by the names of public ones."""

import os
import subprocess
from pathlib import Path

import network
from processes import ROOT

PUBLIC = "https://github.com/"
"""What `git` in the Pods' images reads as `URL`."""
URL = f"git://{network.ADDRESS}/"
_AUTHOR = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "e2e"), ("EMAIL", "e2e@example.com"))
}


def command(repositories: Path) -> list[str]:
    """Return the command that serves every repository below a directory."""
    return [
        "git",
        "daemon",
        "--reuseaddr",
        "--export-all",
        "--informative-errors",
        f"--listen={network.ADDRESS}",
        f"--base-path={repositories}",
        str(repositories),
    ]


def publish(repositories: Path, name: str, source: Path = ROOT, *paths: str) -> str:
    """Commit files of `source`, as they are now, to the repository `name`; return its URL.

    Without `paths` it is every file below it. Published again, the branch moves.
    """
    repository = repositories / name
    index = repository / "index.of-work-tree"
    repository.mkdir(parents=True, exist_ok=True)
    index.unlink(missing_ok=True)

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", f"--git-dir={repository}", *arguments],
            cwd=source,
            env={**os.environ, **_AUTHOR, "GIT_INDEX_FILE": str(index)},
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    git("init", "--quiet", "--bare", "--initial-branch=main")
    git(f"--work-tree={source}", "add", "--", *(paths or (".",)))
    commit = git("commit-tree", "-m", "As the files are now", git("write-tree"))
    git("update-ref", "refs/heads/main", commit)
    return URL + name
