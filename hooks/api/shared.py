"""Types that several kinds have."""

from typing import Annotated, Any

from pydantic import Field

from hooks.api.rules import TextRule, Type, following, text

GROUP = "substratus.ai"
API_VERSION = f"{GROUP}/v1"

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SEGMENT = "[A-Za-z0-9_.+@~%][A-Za-z0-9_.+@~%=-]*"
_INT64: Any = {"format": "int64"}

_NAME = TextRule(
    rf"{_LABEL}([.]{_LABEL})*",
    "must be an object's name: lower case letters, digits, '-' and '.', "
    "with a letter or digit at both ends of each part",
)
_URL_SCHEME = TextRule(
    "(https|http|ssh|git)://.*",
    "must begin with https://, http://, ssh:// or git://; "
    "write git@host:path as ssh://git@host/path",
)
_URL_PASSWORD = TextRule(
    "^((https?|git)://[^/@]*@|[a-z]+://[^/@]*:[^/@]*@)",
    "must not hold a password or a token: anyone who may read the object could read it; "
    "write https://host/path, or ssh://user@host/path, and give credentials in a Secret",
    forbidden=True,
)
_URL_CONTROL = TextRule(
    "%([01][0-9A-Fa-f]|7[Ff])",
    "must not hold a line break or another control character: "
    "leave out the part from %00 to %1F, or %7F",
    forbidden=True,
)
_URL_FORM = TextRule(
    rf"[a-z]+://([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?"
    rf"(/(-|{_SEGMENT}))+/?",
    "must be <scheme>://[user@]host[:port]/path; the path may hold letters, digits "
    "and _ . + @ ~ % = -, and no part of it may begin with '-'",
)
_URL_PAGE = TextRule(
    "/-/|^https?://[^/]+/[^/]+/[^/]+/(tree|blob|commit|commits|pull|src/branch|src/tag)/",
    "must be the repository, not a page of it: write https://host/owner/name as url, "
    "the branch as branch and the directory as path",
    forbidden=True,
)
_BRANCH_FORM = TextRule(
    r"[!-)+,.0-9;->@-Z\]_-}][!-)+-9;->@-Z\]_-}]*",
    "must be a branch or tag as git allows it: no spaces, none of ~ ^ : ? * [ and backslash, "
    "and not beginning with '-' or '/'",
)
_BRANCH_REF = TextRule(
    "[.][.]|//|/[.]|^[.]|[./]$|[.]lock(/|$)|@[{]|^@$",
    "must be a name that git allows: no '..', '//', '/.' or '@{', "
    "and not ending in '/', '.' or '.lock'",
    forbidden=True,
)
_BRANCH_FULL = TextRule(
    "^refs/",
    "must be the name alone: main, not refs/heads/main; v1.2, not refs/tags/v1.2",
    forbidden=True,
)
_BRANCH_COMMIT = TextRule(
    "^([0-9a-f]{40}|[0-9a-f]{64})$",
    "must be a branch or tag, and not a commit: give the commit a tag, and write that",
    forbidden=True,
)
_IMAGE_FORM = TextRule(
    "[a-z0-9][a-z0-9.-]*(:[0-9]{1,5}/[a-z0-9])?[a-z0-9/._-]*"
    "(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?",
    "must be an image such as registry.example.com/team/llama:v1, or with a digest behind: "
    "@sha256: and 64 digits; all but the tag is in lower case",
)
_PATH_FORM = TextRule(
    rf"{_SEGMENT}(/{_SEGMENT})*/?",
    "must be a relative path of letters, digits and _ . + @ ~ % = -, "
    "in which no part begins with '-'",
)
_PATH_INSIDE = TextRule(
    "(^|/)[.][.](/|$)", "must stay inside the repository: it has a part '..'", forbidden=True
)

Name = Annotated[str, text(253, _NAME), following(_NAME)]
Count = Annotated[int, Field(strict=True, ge=1, le=10**15, json_schema_extra=_INT64)]
_URL_RULES = (_URL_SCHEME, _URL_PASSWORD, _URL_PAGE, _URL_FORM, _URL_CONTROL)
_BRANCH_RULES = (_BRANCH_FORM, _BRANCH_REF, _BRANCH_FULL, _BRANCH_COMMIT)
_PATH_RULES = (_PATH_FORM, _PATH_INSIDE)


Image = Annotated[str, text(512, _IMAGE_FORM), following(_IMAGE_FORM)]
"""An image that is taken as it is written."""


class ObjectMeta(Type):
    """What the hooks read of an object's metadata."""

    name: str
    namespace: str
    uid: str = ""
    generation: int = 0
    annotations: dict[str, str] = Field(default={})
    labels: dict[str, str] = Field(default={})


class GitSource(Type):
    """A place in a git repository."""

    url: Annotated[str, text(1024, *_URL_RULES), following(*_URL_RULES)] = Field(
        description=(
            "URL to the git repository. Example: https://github.com/substratusai/model-falcon-40b"
        )
    )
    path: Annotated[str, text(1024, *_PATH_RULES), following(*_PATH_RULES)] | None = Field(
        default=None,
        description="Path within the git repository referenced by url; its root where absent.",
    )
    branch: Annotated[str, text(255, *_BRANCH_RULES), following(*_BRANCH_RULES)] | None = Field(
        default=None,
        description=(
            "Branch is the git branch or tag to use; the repository's default where absent. "
            "A branch that moves is built again when the annotation substratus.ai/rebuild "
            "gets a new value."
        ),
    )


class Condition(Type):
    """A condition, as `metav1.Condition` has it."""

    type: str = Field(max_length=316, description="Type of the condition in CamelCase.")
    status: str = Field(
        description="Status of the condition: True, False or Unknown.",
        json_schema_extra={"enum": ["True", "False", "Unknown"]},
    )
    observed_generation: int | None = Field(
        default=None,
        description="The metadata.generation that the condition was set for.",
        json_schema_extra={**_INT64, "minimum": 0},
    )
    last_transition_time: str = Field(
        description="The last time that the status changed.",
        json_schema_extra={"format": "date-time"},
    )
    reason: str = Field(
        min_length=1,
        max_length=1024,
        description="Why the condition has its status, in CamelCase; see docs/conditions.md.",
    )
    message: str = Field(
        max_length=32768, description="What that means and what to do, in a sentence."
    )


ObservedGeneration = Annotated[
    int | None,
    Field(
        description="The metadata.generation that the status speaks of.",
        json_schema_extra=_INT64,
    ),
]
Replicas = Annotated[
    int | None,
    Field(
        description="Replicas is how many Pods there are.",
        json_schema_extra={"format": "int32", "minimum": 0},
    ),
]
Conditions = Annotated[
    list[Condition] | None,
    Field(
        max_length=16,
        json_schema_extra={
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["type"],
        },
    ),
]
