"""What runs in the Pod: small scripts for `sh`, which no image needs to hold."""

from importlib import resources


def text(name: str) -> str:
    """Return the script of this name."""
    return resources.files(__name__).joinpath(f"{name}.sh").read_text(encoding="utf-8")
