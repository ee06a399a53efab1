"""The addresses at which storages keep what runs write."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """A file or a directory in a storage.

    Every address that a run writes to ends in `<run>/data/<filename>` or `<run>/model/trained`.
    """

    url: str

    @property
    def directory(self) -> "Address":
        """The directory that it lies in."""
        return Address(self.url.rpartition("/")[0])

    @property
    def filename(self) -> str:
        """The last part of it."""
        return self.url.rpartition("/")[2]

    @property
    def run(self) -> str | None:
        """The id of the run that wrote to it: the part before the last two."""
        parts = self.url.split("/")
        return parts[-3] if len(parts) >= 3 else None  # noqa: PLR2004 - run, directory, file

    def sibling(self, name: str) -> "Address":
        """Return what lies beside it under another name."""
        return Address(f"{self.directory.url}/{name}")
