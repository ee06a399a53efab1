import signal
import time
from collections import deque
from pathlib import Path

import pytest
from substratus_loader.testing import Content, Stall

WEIGHTS = Content(length=20_000_000, seed=5)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143)])
def test_a_load_that_was_killed_continues_where_it_ended(loader, hub, load, number, code):
    hub.add("org/name", {"model.safetensors": WEIGHTS})
    hub.faults["model.safetensors"] = deque([Stall(15_000_000, 20)])
    allow = ("--allow=hf://", f"--allow={hub.url}", f"--allow={hub.cdn_url}", "--stall-seconds=30")
    with loader.start("hf://org/name", *allow, HF_ENDPOINT=hub.url) as process:
        _wait_for(loader.destination, 15_000_000)
        process.send_signal(number)
    assert process.returncode == code
    ended = load("hf://org/name")
    assert ended.report["sha256"] == WEIGHTS.sha256
    assert hub.requests[-1][1] == "bytes=15000000-"
    assert set(loader.files()) == {"model.safetensors"}


def _wait_for(directory: Path, size: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if any(path.stat().st_size == size for path in directory.rglob("*.part")):
            return
        time.sleep(0.01)
    raise AssertionError(list(directory.rglob("*")))
