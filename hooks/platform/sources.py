"""What `source.url` may name, and what loads it."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from hooks.platform.section import Section

_PREFIX = re.compile(r"(hf|https|s3|gs|az|pvc)://[A-Za-z0-9_.:/%@+=,~-]*")
_REVISION = re.compile(r"@.*")


def _prefix(value: str) -> str:
    if not _PREFIX.fullmatch(value):
        raise ValueError(
            "must be a scheme, such as hf:// or https://, which may be followed by a host and a "
            "path: s3://bucket/public"
        )
    return value


class Sources(Section):
    """What `source.url` may name, and what loads it."""

    allowed: tuple[Annotated[str, AfterValidator(_prefix)], ...] = Field(
        default=("hf://", "https://"),
        description="What `source.url` may begin with: a scheme, then a whole host, then whole "
        "parts of a path. Buckets are read with an identity that all namespaces share, and "
        "`pvc://` reads any claim of the object's namespace: list no more of them than everybody "
        "may read. A private address is loaded from only where its host is listed.",
    )
    loader_image: str = Field(
        default="ghcr.io/substratusai/substratus-loader:0.1.0",
        min_length=1,
        description="The image that loads it: `images/loader`.",
    )
    converter_image: str = Field(
        default="ghcr.io/substratusai/substratus-loader:0.1.0-parquet",
        min_length=1,
        description="The same with what reads the Hub's Parquet files, for datasets with `?split=` "
        "in their address.",
    )

    def allow(self, url: str) -> bool:
        """Return whether an address begins with one of those that are allowed."""
        return any(_begins(_parts(url), _parts(each)) for each in self.allowed)

    def image(self, url: str) -> str:
        """Return the image that loads from an address."""
        converts = url.startswith("hf://datasets/") and "?" in url
        return self.converter_image if converts else self.loader_image


def _parts(url: str) -> list[str]:
    """Return the scheme, the host and the parts of the path; a revision is not part of them."""
    scheme, _, rest = re.split(r"[?#]", url)[0].partition("://")
    host, *path = rest.rstrip("/").split("/") if rest.rstrip("/") else ("",)
    plain = [_REVISION.sub("", each) for each in path] if scheme == "hf" else path
    return [scheme, host if scheme == "hf" else host.lower(), *plain]


def _begins(url: list[str], prefix: list[str]) -> bool:
    wanted = prefix[:1] if prefix[1:] == [""] else prefix
    return url[: len(wanted)] == wanted
