"""Names that are left alone on both sides, wherever they are: git's, Jupyter's and the sync's own.

A file of git's runs programs, so its directory is known by every name that some file system takes
for it: without case; with characters that HFS+ ignores; with the short name, the endings and the
streams of NTFS. These are the names that git itself refuses to check out.
"""

OWN = ".substratus"
"""The sync's mark of a directory on either side; with a hyphen and more, files on their way."""
_NAMES = frozenset({OWN, ".git", "git~1", ".ipynb_checkpoints"})
_IGNORED_BY_HFS = dict.fromkeys(
    [*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF]
)


def is_reserved(name: str) -> bool:
    """Return whether a file or directory of this name is left alone."""
    seen = name.translate(_IGNORED_BY_HFS).casefold()
    return any(_is_reserved(part) for part in seen.split("\\"))


def _is_reserved(name: str) -> bool:
    plain = name.partition(":")[0].rstrip(" .")
    return plain in _NAMES or plain.startswith(f"{OWN}-")
