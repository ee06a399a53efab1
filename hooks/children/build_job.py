"""The Job that builds an image from a git repository."""

from hooks import names
from hooks.api import GitSource
from hooks.children import account, clone, git_access, job, nodes
from hooks.manifest import Manifest
from hooks.platform.builders import Build, Builder, make_builder
from hooks.platform.sizing import builder_resources
from hooks.run import Run
from hooks.settings import Settings


def git_builder(git: GitSource, image: str, settings: Settings) -> Builder:
    """Return the builder that makes `image` from the Dockerfile at the source's path."""
    directory = f"{clone.SOURCE}/{git.path}" if git.path else clone.SOURCE
    build = Build(
        image,
        context=directory,
        dockerfile=directory,
        files=git_access.files(settings.git, clone.USER),
        proxy=settings.proxy.values(),
        secrets=[
            (each.id, each.secret_key_ref.name, each.secret_key_ref.key)
            for each in git.build_secrets or ()
        ],
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
                    "initContainers": [clone.make_clone(git, settings)],
                    "containers": [
                        {
                            **builder.container,
                            "name": "builder",
                            "resources": builder_resources(weights, settings.resources),
                            "terminationMessagePolicy": "FallbackToLogsOnError",
                            "volumeMounts": [
                                *builder.container["volumeMounts"],
                                {
                                    "name": "workspace",
                                    "mountPath": clone.WORKSPACE,
                                    "readOnly": True,
                                },
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
