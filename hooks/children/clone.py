"""The container that fetches a git repository before its build, and says which commit that is."""

from hooks.api import GitSource
from hooks.children import git_access, security
from hooks.manifest import Manifest
from hooks.settings import Settings

WORKSPACE = "/workspace"
SOURCE = f"{WORKSPACE}/source"
USER = 1000

_SAY_COMMIT = f"""\
rm -rf {SOURCE}/.git/lfs
git -C {SOURCE} rev-parse HEAD > /dev/termination-log
"""
"""LFS keeps each file twice, and an image is made of the directory as it is."""

_CLONE = f"""\
git "$@"
{_SAY_COMMIT}"""

_FETCH_COMMIT = f"""\
url="$1" commit="$2"
git init --quiet {SOURCE}
cd {SOURCE}
git config remote.origin.url "$url"
if ! git fetch --quiet --depth=1 origin "$commit"; then
  echo "The server gives no single commit; all branches and tags are fetched." >&2
  git fetch --quiet origin '+refs/heads/*:refs/remotes/origin/*' '+refs/tags/*:refs/tags/*'
fi
if ! git cat-file -e "$commit^{{commit}}"; then
  echo "No branch or tag of $url has the commit $commit." >&2
  exit 1
fi
git checkout --quiet --detach "$commit"
git submodule --quiet update --init --recursive --depth=1
{_SAY_COMMIT}"""
"""What a user writes is an argument: it is never part of these texts."""


def make_clone(git: GitSource, settings: Settings) -> Manifest:
    """Return the container that fetches `git` to `SOURCE`, files of LFS and submodules included.

    Its termination message is the commit. A file of LFS that cannot be fetched ends it.
    """
    script, args = (_FETCH_COMMIT, [git.url, git.commit]) if git.commit else (_CLONE, _branch(git))
    return {
        "name": "clone",
        "image": settings.builder.git_image,
        "command": ["/bin/sh", "-ec", script, "clone"],
        "args": args,
        "env": [
            {"name": "GIT_ALLOW_PROTOCOL", "value": "https:http:ssh:git"},
            {"name": "GIT_TERMINAL_PROMPT", "value": "0"},
            {"name": "HOME", "value": WORKSPACE},
            *settings.proxy.environment(),
            *git_access.environment(settings.git),
        ],
        "resources": settings.resources.of_tool(),
        "securityContext": security.for_own_tool(USER),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": "workspace", "mountPath": WORKSPACE},
            *git_access.mounts(settings.git),
        ],
    }


def _branch(git: GitSource) -> list[str]:
    return [
        "clone",
        "--depth=1",
        "--recurse-submodules",
        "--shallow-submodules",
        *([f"--branch={git.branch}"] if git.branch else []),
        "--",
        git.url,
        SOURCE,
    ]
