"""The sections of the settings, and how they are read."""

from collections.abc import Collection
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, Field, ValidationError

from hooks import dialect
from hooks.api import Patch
from hooks.manifest import Manifest
from hooks.platform.accelerators import Compute
from hooks.platform.builders import BUILDERS
from hooks.platform.identity import Identity
from hooks.platform.proxy import Proxy
from hooks.platform.registry import Host, Registry
from hooks.platform.resources import Quantity, Resources
from hooks.platform.runtimes import RUNTIMES, Runtime
from hooks.platform.section import Section
from hooks.platform.sources import Sources
from hooks.platform.storage import StorageSettings
from hooks.settings.jobs import Jobs
from hooks.settings.problems import problems


def _one_of(legal: Collection[str]) -> AfterValidator:
    def check(value: str) -> str:
        if value not in legal:
            raise ValueError(f"must be one of {', '.join(sorted(legal))}")
        return value

    return AfterValidator(check)


def _distinct(runtimes: tuple[Runtime, ...]) -> tuple[Runtime, ...]:
    known = [each.name for each in runtimes]
    twice = next((name for name in known if known.count(name) > 1), None)
    if twice:
        raise ValueError(f"has {twice} twice; each needs a name of its own")
    return runtimes


Certificate = Annotated[str, Field(pattern=r"^\s*-----BEGIN CERTIFICATE-----")]
"""The certificate of an authority, as PEM."""


class InvalidSettingsError(ValueError):
    """The settings break a rule; the message names each key, its value and what is legal."""


class Claims(Section):
    """How PersistentVolumeClaims are asked for.

    Sizes count when a claim is made: an existing one keeps its own, and stays as large as it
    was grown by hand.
    """

    storage_class_name: str | None = Field(
        default=None, description="The StorageClass; the cluster's default where absent."
    )
    access_mode: Literal["ReadWriteOnce", "ReadWriteMany"] = Field(
        default="ReadWriteOnce",
        description="`ReadWriteMany` where several nodes use a Dataset at a time.",
    )
    dataset_size: Quantity = Field(default="100Gi", description="A Dataset's claim.")
    training_size: Quantity = Field(
        default="100Gi",
        description="A training run's claim; at least 2 x the Model's weights + 1 Gi.",
    )
    weights_size: Quantity = Field(
        default="100Gi",
        description="The claim of weights from `source.url`; at least 2 x the Model's weights "
        "+ 1 Gi.",
    )
    notebook_size: Quantity = Field(
        default="20Gi",
        description="A Notebook's claim; at least 2 x its Model's weights + 1 Gi.",
    )

    def volume(self) -> Manifest:
        """Return what a claim's spec says of its volume beside the size."""
        name = self.storage_class_name
        return {
            "accessModes": [self.access_mode],
            **({"storageClassName": name} if name else {}),
        }


class BuilderSettings(Section):
    """What builds images inside the cluster."""

    type: Annotated[str, _one_of(BUILDERS)] = Field(
        default="buildkit",
        description="The program that builds: `buildkit` and `buildah` run as a user other than "
        "root in a user namespace, `kaniko` as root without one.",
    )
    image: str | None = Field(
        default=None,
        min_length=1,
        description="The builder's image; a pinned version of the program's own where absent.",
    )
    git_image: str = Field(
        default="docker.io/alpine/git:2.49.1"
        "@sha256:c0280cf9572316299b08544065d3bf35db65043d5e3963982ec50647d2746e26",
        min_length=1,
        description="An image with `git` and a shell, which fetches the source before the build; "
        "with `git-lfs` and `ssh` for repositories that need them.",
    )
    cache: bool = Field(
        default=True, description="Whether layers are kept in the registry for the next build."
    )
    seccomp_profile: str | None = Field(
        default=None,
        min_length=1,
        description="A seccomp profile on the nodes, by its path below `/var/lib/kubelet/seccomp`, "
        "that allows user namespaces: for nodes whose default is RuntimeDefault.",
    )
    app_armor_profile: str | None = Field(
        default=None,
        min_length=1,
        description="An AppArmor profile that the nodes have loaded and that allows user "
        "namespaces, or `Unconfined`, which Pod Security *baseline* refuses: for nodes whose "
        "default profile forbids them, such as Ubuntu's.",
    )


class Git(Section):
    """How private git repositories are read."""

    secret_name: str | None = Field(
        default=None,
        min_length=1,
        description="A Secret in each namespace with private repositories; one without it reads "
        "public ones. Its keys: `.git-credentials`, as `git credential-store` has it, for tokens; "
        "`ssh-privatekey` and `known_hosts` for SSH.",
    )
    certificates: dict[Host, Certificate] = Field(
        default={},
        description="The certificate of a git server's own authority, as PEM, by the server's "
        "host: `git.example.com`, or `git.example.com:8443`.",
    )


class Pods(Section):
    """What Pods of users' images may do. A builder's Pod has what its builder needs."""

    security: Literal["baseline", "restricted"] = Field(
        default="baseline",
        description=(
            "The Pod Security Standard that these Pods keep. Under `restricted` they run as "
            "`user` and `group`, without any capability; an image that must run as root fails."
        ),
    )
    user: int = Field(
        default=1000, gt=0, description="Under `restricted`: the user that they run as."
    )
    group: int = Field(
        default=1000,
        gt=0,
        description="Under `restricted`: their group, which may write to their volumes too.",
    )
    fs_group: int | None = Field(
        default=None,
        gt=0,
        description="Under `baseline`: the group that volumes are made writable for, where images "
        "run as a user other than root.",
    )
    runtime_class_name: str | None = Field(
        default=None,
        min_length=1,
        description="The RuntimeClass of these Pods, such as `gvisor`; that of their accelerator "
        "comes first.",
    )


class Patchable(Section):
    """What of the cluster the patches of objects may name, beside docs/patchable.md."""

    priority_class_names: tuple[str, ...] = Field(
        default=(), description="The PriorityClasses that patches of objects may name."
    )
    runtime_class_names: tuple[str, ...] = Field(
        default=(), description="The RuntimeClasses that patches of objects may name."
    )


class Server(Section):
    """What the hook server takes, so that no request can exhaust its memory."""

    body_mib: int = Field(
        default=16,
        ge=16,
        le=256,
        alias="bodyMiB",
        description="The largest body of a request, in MiB. Metacontroller sends an object with "
        "all its children and related objects; the metric `substratus_hook_largest_body_bytes` "
        "has the largest one so far.",
    )
    body_values: int = Field(
        default=400_000,
        ge=100_000,
        description="The most JSON values in a body, counted before it is parsed: each brace, "
        "bracket and comma counts as one. About 200 bytes of memory each.",
    )


class Settings(Section):
    """All that differs between clusters. Every key has a default."""

    registry: Registry = Field(default=Registry(), description="Where images go.")
    storage: StorageSettings = Field(default=StorageSettings(), description="Where data goes.")
    claims: Claims = Field(default=Claims(), description="How claims are asked for.")
    sources: Sources = Field(default=Sources(), description="What `source.url` may name.")
    runtimes: Annotated[tuple[Runtime, ...], AfterValidator(_distinct)] = Field(
        default=RUNTIMES,
        description="What serves weights from `source.url`: of those that fit, the first.",
    )
    proxy: Proxy = Field(default=Proxy(), description="How Pods reach what is outside.")
    git: Git = Field(default=Git(), description="How private repositories are read.")
    builder: BuilderSettings = Field(default=BuilderSettings(), description="What builds images.")
    compute: Compute = Field(default=Compute(), description="What hardware there is.")
    identity: Identity = Field(default=Identity(), description="Who Pods are to a cloud.")
    resources: Resources = Field(
        default=Resources(), description="What containers ask for, beside what a Model's size says."
    )
    pods: Pods = Field(default=Pods(), description="What Pods may do.")
    jobs: Jobs = Field(default=Jobs(), description="How long and how often Jobs run.")
    server: Server = Field(default=Server(), description="What the hook server takes.")
    patchable: Patchable = Field(
        default=Patchable(), description="What patches of objects may name."
    )
    patches: tuple[Patch, ...] = Field(
        default=(),
        description="JSON patches of children, before those of their own objects; docs/patches.md.",
    )


def load(text: str, *, source: str) -> Settings:
    """Return the settings that a YAML document holds; what it leaves out has its default.

    Args:
        text: the YAML document; an empty one gives the defaults.
        source: what to call the document in an error: a file's name.

    Raises:
        InvalidSettingsError: names every key that is wrong, its value and what is legal.
    """
    try:
        document: Any = dialect.load(text)
    except yaml.YAMLError as error:
        raise InvalidSettingsError(f"{source} is not YAML: {error}") from error
    if document is None:
        return Settings()
    if not isinstance(document, dict):
        raise InvalidSettingsError(
            f"{source} must hold a map of settings such as 'registry: {{url: …}}', "
            f"not a {type(document).__name__}."
        )
    try:
        return Settings.model_validate(document)
    except ValidationError as error:
        sentences = "; ".join(problems(error, Settings))
        raise InvalidSettingsError(f"{source}: {sentences}") from error
