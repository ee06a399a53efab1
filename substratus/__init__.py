"""The command line `substratus`, which needs no cluster."""

from substratus.main import main

__all__ = ["main"]
