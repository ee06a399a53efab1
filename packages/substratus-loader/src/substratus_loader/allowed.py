"""What the cluster's settings allow: prefixes of URLs, and the hosts that they name."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from substratus_loader.failures import Code, FailureError
from substratus_loader.urls import shown

DEFAULT = ("hf://", "https://")


@dataclass(frozen=True)
class Allowed:
    """The prefixes that a source may have: a scheme, its whole host, whole segments of its path."""

    prefixes: tuple[str, ...] = DEFAULT

    def check(self, url: str) -> None:
        """Return when a prefix allows the URL.

        Raises:
            FailureError: `REFUSED`; the sentence has the prefixes that are allowed.
        """
        if not any(_covers(prefix, url) for prefix in self.prefixes):
            raise FailureError(
                Code.REFUSED,
                f"The source {shown(url)} is not allowed: the settings' sources.allowed has"
                f" {', '.join(self.prefixes)}. Use one of these, or ask whoever runs the cluster.",
            )

    def names(self, host: str, port: int | None) -> bool:
        """Say whether a prefix names this very host, so that its address may be a private one.

        A prefix without a port names every port of its host.
        """
        named = [urlsplit(prefix) for prefix in self.prefixes]
        return any(
            parts.hostname == host.lower() and parts.port in {None, port}
            for parts in named
            if parts.scheme in {"http", "https"}
        )


def _covers(prefix: str, url: str) -> bool:
    wanted, given = urlsplit(prefix), urlsplit(url)
    if wanted.scheme != given.scheme:
        return False
    if not wanted.netloc:
        # A bare scheme; http:// is only ever read from a host that is named.
        return given.scheme != "http"
    # An organisation of the Hub is not a host, and is compared as it is written.
    ours, theirs = wanted.netloc, given.netloc
    if ours != theirs and (wanted.scheme == "hf" or ours.lower() != theirs.lower()):
        return False
    # Segments are compared as they are written: an encoded slash or dot leads around none.
    before = [part for part in wanted.path.split("/") if part]
    after = [part for part in given.path.split("/") if part]
    if any(part in {".", ".."} or "%2e" in part.lower() for part in after):
        return not before
    if len(before) > len(after):
        return False
    # `hf://org/name` covers each revision of that repository.
    return all(
        theirs == ours or (wanted.scheme == "hf" and theirs.partition("@")[0] == ours)
        for ours, theirs in zip(before, after, strict=False)
    )
