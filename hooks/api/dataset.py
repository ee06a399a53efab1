"""The Dataset."""

from typing import Annotated, ClassVar

from pydantic import Field

from hooks.api.command import Args, Command
from hooks.api.env import Env, env_of_url
from hooks.api.git import GitSource
from hooks.api.jobs import DeadlineSeconds, Queue, Retries
from hooks.api.location import FILES_NEED_A_URL, Files, LoadedUrl
from hooks.api.patches import Patches, targets
from hooks.api.provenance import DatasetProvenance
from hooks.api.rules import ObjectRule, RuledType, TextRule, Type, following, text
from hooks.api.shared import Conditions, Image, ObjectMeta, ObservedGeneration

_FILENAME_FORM = TextRule(
    "[A-Za-z0-9_.+@][A-Za-z0-9_.+@=-]*",
    "must be a plain file name: letters, digits and _ . + @ = -, not beginning with '-' or '='",
)
_FILENAME_DOTS = TextRule("^[.][.]?$", "must be a plain file name, not a directory", forbidden=True)
_RULES = (_FILENAME_FORM, _FILENAME_DOTS)


class DatasetSource(RuledType):
    """DatasetSource is a reference to the code that is doing the data sourcing."""

    rules: ClassVar = (
        ObjectRule(
            "[has(self.git), has(self.image), has(self.url)].exists_one(given, given)",
            "must have exactly one of git (to build an image that loads), image (to take one) and "
            "url (to load what is there, without code)",
            lambda source: [source.git, source.image, source.url].count(None) == 2,  # noqa: PLR2004 - of three
        ),
        FILES_NEED_A_URL,
    )

    git: GitSource | None = Field(
        default=None,
        description="Git is a reference to the git repository that contains the data loading code.",
    )
    image: Image | None = Field(
        default=None,
        description=(
            "Image loads the data, and nothing is built. It is taken as it is written; without a "
            "digest it is pulled each time."
        ),
    )
    url: LoadedUrl | None = Field(
        default=None,
        description=(
            "Url is the file that is loaded, by the loader of the settings, without code of yours: "
            "hf://datasets/org/name[@revision]/path, https://host/path[#sha256=<digits>], s3://, "
            "gs://, az:// or pvc://claim/path. It decides the result."
        ),
    )
    files: Files | None = Field(
        default=None,
        description="Files are patterns, of which one file below url must match. They decide the "
        "result.",
    )


class DatasetSpec(RuledType):
    """DatasetSpec defines the desired state of Dataset."""

    rules: ClassVar = (
        ObjectRule(
            "!has(self.source.url) || (!has(self.command) && !has(self.args))",
            "command and args are for load.sh: leave them out where source.url loads without it",
            lambda spec: spec.source.url is None or (spec.command is None and spec.args is None),
        ),
        env_of_url(lambda spec: spec.source.url),
        targets("Dataset"),
    )

    filename: Annotated[str, text(255, *_RULES), following(*_RULES)] = Field(
        description="Filename is the name of the file when it is downloaded."
    )
    source: DatasetSource = Field(
        description="Source is a reference to the code that is doing the data sourcing."
    )
    env: Env | None = Field(
        default=None,
        description=(
            "Env is what load.sh finds in its environment beside LOAD_DATA_PATH. Names and plain "
            "values decide the result: another one loads again. Which Secret a value comes from "
            "does not."
        ),
    )
    command: Command = None
    args: Args = None
    deadline_seconds: DeadlineSeconds = None
    retries: Retries = None
    queue: Queue = None
    patches: Patches | None = Field(
        default=None, description="Patches change the Jobs and the claim that are made next."
    )


class DatasetStatus(Type):
    """DatasetStatus defines the observed state of Dataset."""

    observed_generation: ObservedGeneration = None
    url: str | None = Field(
        default=None, description="URL points to the underlying data storage (bucket URL)."
    )
    image: str | None = Field(
        default=None, description="Image is the container image that loads the data."
    )
    provenance: DatasetProvenance | None = Field(
        default=None, description="Provenance is what was loaded from source.url."
    )
    commit: str | None = Field(
        default=None,
        description="Commit is what image was built of; absent where its build did not say it.",
    )
    conditions: Conditions = Field(
        default=None,
        description=(
            "Conditions is the list of conditions that describe the current state of the Dataset: "
            "Built, Loaded and Ready."
        ),
    )


class Dataset(Type):
    """The Dataset API is used to describe data that can be referenced for training Models.

    - Datasets pull in remote data sources using containerized data loaders.
    - Users can specify their own ETL logic by referencing a repository from a Dataset.
    - Training typically requires a large dataset. The Dataset API pulls a dataset once and
      stores it in a bucket or a claim, which is mounted directly into training Jobs.
    - The Dataset API allows users to query ready-to-use datasets (`kubectl get datasets`).
    - The Dataset API allows Kubernetes RBAC to be applied as a mechanism for controlling access
      to data.
    """

    metadata: ObjectMeta
    spec: DatasetSpec = Field(description="Spec is the desired state of the Dataset.")
    status: DatasetStatus = Field(
        default=DatasetStatus(), description="Status is the observed state of the Dataset."
    )
