"""The registry of a real node, which also stands in for public ones."""

from pathlib import Path

import binaries
import network

PORT = 5000
ADDRESS = f"{network.ADDRESS}:{PORT}"
MIRRORED = ("docker.io", "ghcr.io", ADDRESS)
"""Registries whose images the node pulls from this one, under their own names."""


def configure(directory: Path, storage: Path, address: str = ADDRESS) -> list[str]:
    """Write the configuration into `directory`; return the command that serves `storage`."""
    file = directory / "registry.yaml"
    file.write_text(
        f"""
version: 0.1
log:
  level: warn
  accesslog:
    disabled: true
storage:
  filesystem:
    rootdirectory: {storage}
  delete:
    enabled: true
http:
  addr: {address}
"""
    )
    return [str(binaries.program("registry")), "serve", str(file)]
