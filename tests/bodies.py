"""Bodies that are as large as may be and larger, or that grow as much as they can when parsed."""

import json
from collections.abc import Callable
from pathlib import Path

MIB = 1024 * 1024
RECORDED = Path(__file__).parent / "bench" / "request.json"
CALL = json.dumps(json.loads(RECORDED.read_text()), separators=(",", ":")).encode()
VALUES = 399_000

BODIES: dict[str, Callable[[], bytes]] = {
    "20 MB of objects": lambda: b'{"parent":[' + b"{}," * 6_600_000 + b"{}]}",
    "100 MB": lambda: b'{"parent":"' + b"x" * 100_000_000 + b'"}',
    "as many objects as may be": lambda: b'{"parent":[' + b'{"a":1},' * (VALUES // 2) + b"1]}",
    "as many nested objects as may be": lambda: (
        b'{"parent":[' + (b'{"a":' * 200 + b"1" + b"}" * 200 + b",") * (VALUES // 201) + b"1]}"
    ),
    "as long a text as may be": lambda: (
        b'{"parent":"' + "\N{GRINNING FACE}".encode() + b"x" * (15 * MIB) + b'"}'
    ),
    "as many texts as may be": lambda: (
        b'{"parent":[' + b",".join(['"é234567890123456789"'.encode()] * VALUES) + b"]}"
    ),
    "as much space as may be": lambda: CALL + b" " * (15 * MIB),
    "a parent with as many items as may be": lambda: _with_spec(
        {"patches": [{}] * (VALUES // 2 - 2100)}
    ),
    "a status with as many conditions as may be": lambda: _with_status(
        {"conditions": [{"type": "x"}] * (VALUES // 2 - 2100)}
    ),
}


def _with_spec(more: dict) -> bytes:
    call = json.loads(CALL)
    call["parent"]["spec"] |= more
    return json.dumps(call, separators=(",", ":")).encode()


def _with_status(more: dict) -> bytes:
    call = json.loads(CALL)
    call["parent"]["status"] |= more
    return json.dumps(call, separators=(",", ":")).encode()
