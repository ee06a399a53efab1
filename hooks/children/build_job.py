"""The Job that builds an image from a git repository."""

from hooks import names
from hooks.api import GitSource
from hooks.children import account, git_access, job, nodes, security
from hooks.manifest import Manifest
from hooks.platform.builders import Build, Builder, make_builder
from hooks.platform.sizing import builder_resources
from hooks.run import Run
from hooks.settings import Settings

_WORKSPACE = "/workspace"
_SOURCE = f"{_WORKSPACE}/source"
_GIT_USER = 1000


def git_builder(git: GitSource, image: str, settings: Settings) -> Builder:
    """Return the builder that makes `image` from the Dockerfile at the source's path."""
    directory = f"{_SOURCE}/{git.path}" if git.path else _SOURCE
    files = git_access.files(settings.git, _GIT_USER)
    build = Build(
        image,
        context=directory,
        dockerfile=directory,
        files=files,
        proxy=settings.proxy.values(),
    )
    return make_builder(build, settings.builder, settings.registry)


def make_build_job(run: Run, git: GitSource, weights: int, settings: Settings) -> Manifest:
    """Return the Job that fetches `git` and pushes the image `run.result`.

    Args:
        run: the build.
        git: what to build. Its values reach git as arguments after `--` or behind `=`.
        weights: bytes of the Model's weights, for the builder's disk; 0 for a Dataset.
        settings: registry, builder, git and Jobs.
    """
    builder = git_builder(git, run.result, settings)
    role = run.step.accounts[run.owner.kind]
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": run.metadata(),
        "spec": {
            **job.limits(run, settings.jobs),
            "template": {
                "metadata": {"labels": {**run.labels, **settings.identity.pod_labels(role)}},
                "spec": {
                    "restartPolicy": "Never",
                    "automountServiceAccountToken": False,
                    "enableServiceLinks": False,
                    **account.for_pod(role, settings),
                    **nodes.for_builder_pod(settings),
                    **builder.pod(),
                    "initContainers": [_clone(git, settings)],
                    "containers": [
                        {
                            **builder.container,
                            "name": "builder",
                            "resources": builder_resources(weights, settings.resources),
                            "terminationMessagePolicy": "FallbackToLogsOnError",
                            "volumeMounts": [
                                *builder.container["volumeMounts"],
                                {"name": "workspace", "mountPath": _WORKSPACE, "readOnly": True},
                                *builder.files_mounts(),
                            ],
                        }
                    ],
                    "volumes": [
                        *builder.volumes,
                        {"name": "workspace", "emptyDir": {}},
                        *git_access.volumes(settings.git),
                        *builder.files_volumes(names.builder_files(run.owner)),
                    ],
                },
            },
        },
    }


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
            *settings.proxy.environment(),
            *git_access.environment(settings.git),
        ],
        "resources": settings.resources.of_tool(),
        "securityContext": security.for_own_tool(_GIT_USER),
        "terminationMessagePolicy": "FallbackToLogsOnError",
        "volumeMounts": [
            {"name": "workspace", "mountPath": _WORKSPACE},
            *git_access.mounts(settings.git),
        ],
    }
