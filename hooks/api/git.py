"""A place in a git repository, which commit of it, and what its build is given."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from hooks.api.env import SecretKeySelector
from hooks.api.rules import TextRule, Type, following, text

_SEGMENT = "[A-Za-z0-9_.+@~%][A-Za-z0-9_.+@~%=-]*"

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
    "must be a branch or tag, and not a commit: write that as commit",
    forbidden=True,
)
_PATH_FORM = TextRule(
    rf"{_SEGMENT}(/{_SEGMENT})*/?",
    "must be a relative path of letters, digits and _ . + @ ~ % = -, "
    "in which no part begins with '-'",
)
_PATH_INSIDE = TextRule(
    "(^|/)[.][.](/|$)", "must stay inside the repository: it has a part '..'", forbidden=True
)
_COMMIT_FORM = TextRule(
    "([0-9a-f]{40}|[0-9a-f]{64})",
    "must be a whole commit, as 'git rev-parse HEAD' prints it: 40 or 64 of 0 to 9 and a to f",
)
_ID_FORM = TextRule(
    "[A-Za-z0-9_][A-Za-z0-9_.-]*",
    "must be a secret's id as a Dockerfile has it: letters, digits and _ . -, "
    "not beginning with '.' or '-'",
)

_URL_RULES = (_URL_SCHEME, _URL_PASSWORD, _URL_PAGE, _URL_FORM, _URL_CONTROL)
_BRANCH_RULES = (_BRANCH_FORM, _BRANCH_REF, _BRANCH_FULL, _BRANCH_COMMIT)
_PATH_RULES = (_PATH_FORM, _PATH_INSIDE)
_IDS: Any = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["id"]}


class BuildSecret(Type):
    """A secret of a build, which a Dockerfile has with `RUN --mount=type=secret,id=…` alone."""

    id: Annotated[str, text(63, _ID_FORM), following(_ID_FORM)] = Field(
        description="The id by which the Dockerfile asks for it."
    )
    secret_key_ref: SecretKeySelector = Field(description="SecretKeyRef is a key of a Secret.")


def _distinct(given: list[BuildSecret]) -> list[BuildSecret]:
    if len({each.id for each in given}) != len(given):
        raise ValueError("must not have an id twice")
    return given


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
    commit: Annotated[str, text(64, _COMMIT_FORM), following(_COMMIT_FORM)] | None = Field(
        default=None,
        description=(
            "Commit pins what is built, whatever becomes of the branch; the newest of the branch "
            "where absent."
        ),
    )
    build_secrets: (
        Annotated[
            list[BuildSecret],
            Field(min_length=1, max_length=16, json_schema_extra=_IDS),
            AfterValidator(_distinct),
        ]
        | None
    ) = Field(
        default=None,
        description=(
            "BuildSecrets are what the Dockerfile has with RUN --mount=type=secret, and no layer "
            "holds. Their ids decide the result; which Secret one comes from does not."
        ),
    )

    def deciding(self) -> dict[str, Any]:
        """Return what of it decides what is built; of the secrets that is their ids."""
        own = self.model_dump(by_alias=True, exclude_none=True, exclude={"build_secrets"})
        ids = sorted(each.id for each in self.build_secrets or ())
        return {**own, **({"buildSecrets": ids} if ids else {})}
