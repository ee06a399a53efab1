"""What was loaded from an address, as a status says it."""

from typing import Any, Protocol

from hooks.observe import loader
from hooks.observe.request import Observed


class UrlSource(Protocol):
    """The source of a Dataset or a Model, as far as an address goes."""

    @property
    def url(self) -> str | None:
        """The address."""

    @property
    def files(self) -> list[str] | None:
        """The patterns of its files."""


def url_provenance(
    source: UrlSource, run: str, previous: dict[str, Any] | None, observed: Observed
) -> dict[str, Any]:
    """Return what `status.provenance.url` says of a run that is complete.

    Args:
        source: what was loaded.
        run: the run's id.
        previous: the provenance that the status has. Of this run it stays: the loader's Pod, which
            said it, goes.
        observed: the call.
    """
    known = previous.get("url") if previous and previous.get("hash") == run else None
    asked = {"url": source.url, **({"files": source.files} if source.files else {})}
    return {**asked, **loader.loaded(run, observed), **(known or {})}
