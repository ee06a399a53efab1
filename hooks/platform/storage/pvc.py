"""Claims: a PersistentVolumeClaim per Dataset and per training run. Needs no cloud."""

from hooks.platform.storage.types import Mount

_SCHEME = "pvc://"


class Claim:
    """The storage `pvc`: `pvc://<claim>/<path>`."""

    needs_claim = True

    def owns(self, url: str) -> bool:
        """Return whether the address names a claim and a path in it."""
        claim, _, path = url.removeprefix(_SCHEME).partition("/")
        return url.startswith(_SCHEME) and bool(claim) and bool(path)

    def url(self, path: str, *, claim: str) -> str:
        """Return the address of `path` in the claim."""
        return f"{_SCHEME}{claim}/{path}"

    def claim(self, url: str) -> str | None:
        """Return the claim that holds the address."""
        return url.removeprefix(_SCHEME).partition("/")[0]

    def mount(self, url: str, *, name: str, at: str, read_only: bool) -> Mount:
        """Return a mount of the path alone: a neighbour's data in one claim is not seen."""
        claim, _, path = url.removeprefix(_SCHEME).partition("/")
        return Mount(
            volume={"name": name, "persistentVolumeClaim": {"claimName": claim}},
            volume_mount={
                "name": name,
                "mountPath": at,
                "subPath": path,
                **({"readOnly": True} if read_only else {}),
            },
        )
