"""Claims: a PersistentVolumeClaim per Dataset and per training run. Needs no cloud."""

from typing import ClassVar

from hooks.platform.storage.types import Mount, Storage, claim_mount

_SCHEME = "pvc://"


class Pvc(Storage):
    """Claims of the objects' own: `pvc://<claim>/<path>`."""

    needs_claim: ClassVar[bool] = True

    @classmethod
    def owns(cls, url: str) -> bool:
        """Return whether the address names a claim and a path in it."""
        claim, _, path = url.removeprefix(_SCHEME).partition("/")
        return url.startswith(_SCHEME) and bool(claim) and bool(path)

    @classmethod
    def claim(cls, url: str) -> str | None:
        """Return the claim that holds the address."""
        return url.removeprefix(_SCHEME).partition("/")[0]

    def url(self, path: str, *, claim: str) -> str:
        """Return the address of `path` in the claim."""
        return f"{_SCHEME}{claim}/{path}"

    def mount(self, url: str, *, name: str, at: str, read_only: bool) -> Mount:
        """Return a mount of the path alone."""
        claim, _, path = url.removeprefix(_SCHEME).partition("/")
        return claim_mount(claim, path, name=name, at=at, read_only=read_only)
