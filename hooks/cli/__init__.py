"""The command line `substratus`, which needs no cluster."""

from hooks.cli.main import main

__all__ = ["main"]
