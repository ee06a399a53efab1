"""What a server of the tests has: bytes, a file, or so many bytes that need no memory."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

_BLOCK = 256 * 1024


@dataclass(frozen=True)
class Content:
    """The content of one file: `data`, or what is in `path`, or `length` bytes of `seed`."""

    data: bytes | None = None
    path: Path | None = None
    length: int = 0
    seed: int = 0
    _blocks: dict[int, bytes] = field(default_factory=dict, compare=False, repr=False)

    @property
    def size(self) -> int:
        """Return its bytes."""
        if self.data is not None:
            return len(self.data)
        return self.path.stat().st_size if self.path is not None else self.length

    @cached_property
    def sha256(self) -> str:
        """Return its sha256."""
        digest = hashlib.sha256()
        for chunk in self.read(0, self.size):
            digest.update(chunk)
        return digest.hexdigest()

    @cached_property
    def git_sha1(self) -> str:
        """Return what git calls it."""
        digest = hashlib.sha1(f"blob {self.size}\0".encode(), usedforsecurity=False)
        for chunk in self.read(0, self.size):
            digest.update(chunk)
        return digest.hexdigest()

    def read(self, begin: int, end: int) -> Iterator[bytes]:
        """Yield the bytes from `begin` to before `end`."""
        if self.path is not None:
            with self.path.open("rb") as opened:
                opened.seek(begin)
                while begin < end and (chunk := opened.read(min(_BLOCK, end - begin))):
                    begin += len(chunk)
                    yield chunk
            return
        while begin < end:
            number, start = divmod(begin, _BLOCK)
            stop = min(_BLOCK, start + end - begin)
            yield self._block(number)[start:stop]
            begin += stop - start

    def _block(self, number: int) -> bytes:
        if self.data is not None:
            return self.data[number * _BLOCK : (number + 1) * _BLOCK]
        # 64 blocks, each with its own number in front: a part that is left out or repeated shows.
        kept = self._blocks.get(number % 64)
        if kept is None:
            wanted = f"{self.seed} {number % 64}".encode()
            kept = hashlib.shake_128(wanted).digest(_BLOCK - 8)
            self._blocks[number % 64] = kept
        return number.to_bytes(8, "big") + kept
