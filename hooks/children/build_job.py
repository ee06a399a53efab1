"""The Job that builds an image from a git repository."""

from typing import Any

from hooks.api import GitSource
from hooks.children import account, git_credentials, security
from hooks.children.builder_pod import builder_pod
from hooks.children.job import make_job
from hooks.platform.builders import Build, Builder, make_builder
from hooks.platform.identity import AccountRole
from hooks.platform.sizing import builder_resources
from hooks.settings import Settings

Manifest = dict[str, Any]

_WORKSPACE = "/workspace"
_SOURCE = f"{_WORKSPACE}/source"
_GIT_USER = 1000


def git_builder(git: GitSource, *, image: str, settings: Settings) -> Builder:
    """Return the builder that makes `image` from the Dockerfile at the source's path."""
    directory = f"{_SOURCE}/{git.path}" if git.path else _SOURCE
    files = git_credentials.files(settings.git, _GIT_USER)
    build = Build(image, context=directory, dockerfile=directory, files=files)
    return make_builder(build, settings.builder, settings.registry)


def make_build_job(
    metadata: Manifest,
    git: GitSource,
    builder: Builder,
    *,
    files: str,
    role: AccountRole,
    weights: int,
    settings: Settings,
) -> Manifest:
    """Return the Job that fetches `git` and builds it.

    Args:
        metadata: name, namespace and labels.
        git: what to build. Its values reach git as arguments after `--` or behind `=`.
        builder: from `git_builder`.
        files: the name of the ConfigMap with the builder's files, if it has any.
        role: whose service account the Pod has.
        weights: bytes of the Model's weights, for the builder's disk; 0 for a Dataset.
        settings: the image with git, and how Jobs are tried.
    """
    pod = builder_pod(
        builder,
        resources=builder_resources(weights),
        mounts=[{"name": "workspace", "mountPath": _WORKSPACE, "readOnly": True}],
        volumes=[
            {"name": "workspace", "emptyDir": {}},
            *git_credentials.volumes(settings.git),
        ],
        files=files,
    )
    return make_job(
        metadata,
        {
            **account.for_pod(role, settings),
            "initContainers": [_clone(git, settings)],
            **pod,
        },
        settings.jobs,
        pod_labels=settings.identity.pod_labels(role),
    )


def _clone(git: GitSource, settings: Settings) -> Manifest:
    return {
        "name": "clone",
        "image": settings.builder.git_image,
        "command": ["git"],
        "args": [
            "clone",
            "--depth=1",
            "--recurse-submodules",
            "--shallow-submodules",
            *([f"--branch={git.branch}"] if git.branch else []),
            "--",
            git.url,
            _SOURCE,
        ],
        "env": [
            {"name": "GIT_ALLOW_PROTOCOL", "value": "https:http:ssh:git"},
            {"name": "GIT_TERMINAL_PROMPT", "value": "0"},
            {"name": "HOME", "value": _WORKSPACE},
            *git_credentials.environment(settings.git),
        ],
        "securityContext": security.for_own_tool(_GIT_USER),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": "workspace", "mountPath": _WORKSPACE},
            *git_credentials.mounts(settings.git),
        ],
    }
