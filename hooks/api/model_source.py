"""Where a Model comes from."""

from typing import ClassVar

from pydantic import Field

from hooks.api.git import GitSource
from hooks.api.location import FILES_NEED_A_URL, Files, LoadedUrl
from hooks.api.rules import ObjectRule, RuledType
from hooks.api.shared import Image, Name


class ModelSource(RuledType):
    """ModelSource is where a Model comes from: a git repository, an image, or another Model."""

    rules: ClassVar = (
        ObjectRule(
            "[has(self.git), has(self.image), has(self.modelName), has(self.url)]"
            ".exists_one(given, given)",
            "must have exactly one of git (to build a Model), image (to take one that is built), "
            "modelName (to train another one) and url (to load weights)",
            lambda source: (
                [source.git, source.image, source.model_name, source.url].count(None) == 3  # noqa: PLR2004 - of four
            ),
        ),
        FILES_NEED_A_URL,
    )

    git: GitSource | None = Field(
        default=None, description="Git is a reference to a git repository containing model code."
    )
    image: Image | None = Field(
        default=None,
        description=(
            "Image is the Model, and nothing is built. It is taken as it is written; without a "
            "digest it is pulled each time."
        ),
    )
    model_name: Name | None = Field(
        default=None,
        description=(
            "ModelName is the .metadata.name of another Model that this Model should be based on."
        ),
    )
    url: LoadedUrl | None = Field(
        default=None,
        description=(
            "Url is where the weights are: hf://org/name[@revision], https://, s3://, gs://, az:// "
            "or pvc://claim/path. They are loaded once, and a runtime of the settings serves them."
        ),
    )
    files: Files | None = Field(
        default=None, description="Files are patterns of what is loaded; all of it where absent."
    )
