"""An address that data or weights are loaded from, and which of its files."""

from typing import Annotated

from pydantic import Field

from hooks.api.rules import ObjectRule, TextRule, following, text

_SCHEME = TextRule(
    "(hf|https|s3|gs|az|pvc)://.*",
    "must begin with hf://, https://, s3://, gs://, az:// or pvc://",
)
_USER = TextRule(
    "^[a-z0-9]+://[^/?#]*@",
    "must not hold a user or a password: anyone who may read the object could read it; "
    "give credentials in env, from a Secret",
    forbidden=True,
)
_SIGNED = TextRule(
    "[?&]([Ss]ig|[Tt]oken|access_token|api_key|X-Amz-(Signature|Security-Token)|X-Goog-Signature)=",
    "must not hold a signature or a token: anyone who may read the object could read it; "
    "give credentials in env, from a Secret",
    forbidden=True,
)
_PARENT = TextRule(
    "([.]|%2[Ee]){2}", "must not hold '..': write the address that it leads to", forbidden=True
)
_CONTROL = TextRule(
    "%([01][0-9A-Fa-f]|7[Ff])",
    "must not hold a line break or another control character: "
    "leave out the part from %00 to %1F, or %7F",
    forbidden=True,
)
_PART = "[A-Za-z0-9_.~%@+=,!&'():;*-]"
_FORM = TextRule(
    rf"[a-z0-9]+://[A-Za-z0-9_][A-Za-z0-9_.-]*(:[0-9]{{1,5}})?(/{_PART}*)*"
    rf"([?]({_PART}|/)*)?(#sha256=[0-9a-f]{{64}})?",
    "must be <scheme>://host[:port]/path[?query][#sha256=<64 digits>], in which other characters "
    "than letters, digits and _ . ~ @ + = , ! & ' ( ) : ; * - are written as % and two digits",
)
_HUB_DATASET = TextRule(
    "^hf://datasets/[^/]*$",
    "must be hf://datasets/org/name[@revision]/path: a dataset of the Hub has an owner and a name",
    forbidden=True,
)
_HUB = TextRule(
    "hf://(datasets/)?[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+(@[A-Za-z0-9_.%+-]+)?([/?].*)?"
    "|(https|s3|gs|az|pvc)://.*",
    "must be hf://org/name[@revision], or hf://datasets/org/name[@revision]/path; "
    "a slash in a revision is written %2F",
)
_CLAIM = TextRule(
    "pvc://[a-z0-9]([-a-z0-9.]*[a-z0-9])?/.+|(hf|https|s3|gs|az)://.*",
    "must be pvc://claim/path, with the name of a claim in the object's namespace",
)
_URL_RULES = (_SCHEME, _USER, _SIGNED, _PARENT, _CONTROL, _FORM, _HUB_DATASET, _HUB, _CLAIM)

_PATTERN_FORM = TextRule(
    r"[A-Za-z0-9_.~@+=,!*?\[][A-Za-z0-9_.~@+=,!*?\[\] -]*(/[A-Za-z0-9_.~@+=,!*?\[\] -]+)*",
    "must be a relative path, in which * stands for any text, ? for a character and [ab] for one "
    "of several",
)
_PATTERN_PARENT = TextRule("[.][.]", "must not hold '..'", forbidden=True)
_PATTERN_RULES = (_PATTERN_FORM, _PATTERN_PARENT)

LoadedUrl = Annotated[str, text(1024, *_URL_RULES), following(*_URL_RULES)]
"""Where something is loaded from: `hf://`, `https://`, a bucket's address or `pvc://`."""
FILES_NEED_A_URL = ObjectRule(
    "!has(self.files) || has(self.url)",
    "files are patterns of what is below url: set url, or leave them out",
    lambda source: source.files is None or source.url is not None,
)
Files = Annotated[
    list[Annotated[str, text(255, *_PATTERN_RULES), following(*_PATTERN_RULES)]],
    Field(min_length=1, max_length=32),
]
"""Patterns of the files that are loaded."""
