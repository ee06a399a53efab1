"""A split of a dataset, from the Hub's own Parquet conversion into one file.

The Hub keeps it, in a revision of its own, as `config/split/0000.parquet` and so on.
"""

import base64
import hashlib
import json
import math
import os
import shutil
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from substratus_loader.destination import STATE
from substratus_loader.failures import Code, FailureError
from substratus_loader.remote import RemoteFile
from substratus_loader.space import saying_no_space

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

_ROWS = 1000

Write = Callable[["pa.RecordBatch"], None]


def choose(
    files: Iterable[RemoteFile], wanted: dict[str, str], *, where: str
) -> tuple[RemoteFile, ...]:
    """Return the files of a split, in their order; `wanted` has `split` and maybe `config`.

    Raises:
        FailureError: `NOT_FOUND`, with the splits or configs that there are.
    """
    splits: dict[tuple[str, str], list[RemoteFile]] = {}
    for file in sorted(files, key=lambda file: file.path):
        config, _, rest = file.path.partition("/")
        split, _, name = rest.partition("/")
        if name.endswith(".parquet"):
            splits.setdefault((config, split), []).append(file)
    found = [
        key
        for key in splits
        if key[1] == wanted["split"] and wanted.get("config", key[0]) == key[0]
    ]
    if len(found) == 1:
        return tuple(splits[found[0]])
    there = ", ".join(f"split={split}&config={config}" for config, split in splits)
    asked = "&".join(f"{key}={value}" for key, value in wanted.items())
    if found:
        raise FailureError(
            Code.WRONG_USAGE, f"{where} has {asked} in more than one config. It has {there}."
        )
    raise FailureError(Code.NOT_FOUND, f"{where} has no {asked}. It has {there or 'none'}.")


def check(name: str | None) -> None:
    """Return when a file of this name can be written.

    Raises:
        FailureError: its ending names no format; or there is no pyarrow.
    """
    if name is None:
        raise FailureError(Code.WRONG_USAGE, "A split of a dataset is a Dataset, not a Model.")
    if Path(name).suffix not in _WRITERS:
        raise FailureError(
            Code.WRONG_USAGE,
            f"A split cannot be written as {name}: the filename must end in one of"
            f" {', '.join(_WRITERS)}.",
        )
    if find_spec("pyarrow") is None:
        raise FailureError(
            Code.WRONG_USAGE,
            "A split of a dataset needs the loader's image with pyarrow, which is built with the"
            " argument EXTRAS=parquet. Ask whoever runs the cluster, or give the path of a file.",
        )


def parts_below(directory: Path) -> Path:
    """Return where the Parquet files are until they are written as one file."""
    return directory / STATE / "parts"


def write(parts: list[Path], final: Path, *, renames: bool) -> tuple[int, str]:
    """Write Parquet files as the file `final`, remove them, and return its size and sha256.

    Raises:
        FailureError: no space; or a column has no place in the format of the file's ending.
    """
    state = final.parent / STATE
    aside = state / "converted" if renames else final
    with saying_no_space(final.parent, None):
        try:
            convert(parts, aside, final.suffix)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        with aside.open("rb") as opened:
            sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
            os.fsync(opened.fileno())
        if renames:
            aside.replace(final)
        shutil.rmtree(state, ignore_errors=True)
    return final.stat().st_size, sha256


def convert(parts: list[Path], target: Path, ending: str) -> None:
    """Write the rows of Parquet files into one file, in the format of an ending.

    A thousand rows are in memory at a time, and one row group of a file.

    Raises:
        FailureError: a column has no place in the format.
    """
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    try:
        schema = parquet.read_schema(parts[0])
        with target.open("wb") as file, _WRITERS[ending](file, schema) as write:
            for part in parts:
                with parquet.ParquetFile(part, pre_buffer=False) as opened:
                    for batch in opened.iter_batches(_ROWS):
                        write(batch)
    except pa.ArrowException as error:
        raise FailureError(
            Code.WRONG_USAGE,
            f"The split cannot be written as {ending}, which has no place for one of its columns."
            " Choose another ending, such as .jsonl.",
        ) from error


@contextmanager
def _lines(file: IO[bytes], _schema: "pa.Schema") -> "Iterator[Write]":
    def write(batch: "pa.RecordBatch") -> None:
        for row in batch.to_pylist():
            file.write(line(row).encode() + b"\n")

    yield write


@contextmanager
def _table(file: IO[bytes], schema: "pa.Schema") -> "Iterator[Write]":
    from pyarrow import csv  # noqa: PLC0415

    with csv.CSVWriter(file, schema) as writer:
        yield writer.write_batch


@contextmanager
def _parquet(file: IO[bytes], schema: "pa.Schema") -> "Iterator[Write]":
    from pyarrow import parquet  # noqa: PLC0415

    with parquet.ParquetWriter(file, schema) as writer:
        yield writer.write_batch


_WRITERS: dict[str, Callable[[IO[bytes], "pa.Schema"], AbstractContextManager[Write]]] = {
    ".jsonl": _lines,
    ".ndjson": _lines,
    ".csv": _table,
    ".parquet": _parquet,
}


def line(row: dict[str, Any]) -> str:
    """Return a row as JSON: bytes as base64, times as ISO 8601, what is not a number as null."""
    try:
        return json.dumps(row, ensure_ascii=False, allow_nan=False, default=_plain)
    except ValueError:
        return json.dumps(_without_nan(row), ensure_ascii=False, default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    isoformat = getattr(value, "isoformat", None)
    return str(isoformat() if isoformat else value)


def _without_nan(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_nan(each) for each in value]
    return value
