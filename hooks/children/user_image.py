"""A user's image, what is run in it, and when it is pulled."""

from collections.abc import Sequence

from hooks import names
from hooks.manifest import Manifest


def of(image: str) -> Manifest:
    """Return a container's image, and that it is pulled each time where its tag can move.

    What a run pushed has a tag of its own, and a digest is always the same image.
    """
    moves = "@" not in image and not names.is_run(names.image_run(image))
    return {"image": image, **({"imagePullPolicy": "Always"} if moves else {})}


def command(script: str, command: Sequence[str] | None, args: Sequence[str] | None) -> Manifest:
    """Return what a container runs: the contract's script, or the person's own command."""
    return {
        "command": list(command or [script]),
        **({"args": list(args)} if args else {}),
    }
