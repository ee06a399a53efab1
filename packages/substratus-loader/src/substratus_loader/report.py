"""What a load leaves for whoever started it: the termination message."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

LARGEST = 1024
_FIRST_OF_SPLIT = re.compile(r"-0*1-of-\d+\.gguf$")
_SPLIT = re.compile(r"-\d+-of-\d+\.gguf$")


@dataclass(frozen=True)
class Report:
    """What was loaded."""

    paths: tuple[str, ...]
    size: int
    revision: str | None
    sha256: str | None

    def line(self) -> str:
        """Return the one line of JSON."""
        form = weights_format(self.paths)
        answer = {
            "bytes": self.size,
            "file": weights_file(self.paths, form),
            "files": len(self.paths),
            "format": form,
            "revision": self.revision[:128] if self.revision else None,
            **({"sha256": self.sha256} if self.sha256 else {}),
        }
        return json.dumps(answer, sort_keys=True)


def weights_format(paths: tuple[str, ...]) -> str | None:
    """Return the format that the endings of files say: gguf before safetensors."""
    for form in ("gguf", "safetensors"):
        if any(path.endswith(f".{form}") for path in paths):
            return form
    return None


def weights_file(paths: tuple[str, ...], form: str | None) -> str | None:
    """Return the one file of weights, of a split GGUF the first part; None where there are more."""
    files = [path for path in paths if form and path.endswith(f".{form}")]
    if len(files) > 1 and all(_SPLIT.search(path) for path in files):
        files = [path for path in files if _FIRST_OF_SPLIT.search(path)]
    return files[0] if len(files) == 1 else None


def leave(message: str, path: Path, *, always: bool) -> None:
    """Write the termination message; unless `always`, only where the kubelet made the file."""
    if always or path.exists():
        path.write_bytes(cut(message))


def cut(message: str) -> bytes:
    """Return a message in one line of at most 1,024 bytes."""
    encoded = " ".join(message.split()).encode()
    if len(encoded) <= LARGEST:
        return encoded
    return encoded[: LARGEST - 4].decode(errors="ignore").encode() + b" \xe2\x80\xa6"
