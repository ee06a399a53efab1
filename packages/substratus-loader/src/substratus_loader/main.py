"""The program: its exit code and its last words."""

import os
import signal
import sys
import traceback
from pathlib import Path
from types import FrameType

from substratus_loader import arguments, loading, report
from substratus_loader.failures import Code, FailureError

_TERMINATION_LOG = "/dev/termination-log"


def run() -> None:
    """Run the program with the process's own arguments and environment."""
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    # At once: other files' threads may wait for a server that sends nothing.
    os._exit(main(sys.argv[1:]))


def main(argv: list[str]) -> int:
    """Load what the arguments say, and return the exit code."""
    try:
        message = loading.load(arguments.read(argv), os.environ, _say).line()
        code = 0
    except FailureError as failure:
        message, code = failure.sentence, int(failure.code)
    except Exception as error:  # noqa: BLE001 - a person still gets a sentence
        # The type alone: what libraries say may hold a signed URL.
        for frame in traceback.extract_tb(error.__traceback__):
            _say(f"  {frame.filename}:{frame.lineno} in {frame.name}")
        message = f"The loader itself failed ({type(error).__name__}); its log has where."
        code = int(Code.UNAVAILABLE)
    _leave(message)
    _say(message)
    return code


def _end(number: int, _frame: FrameType | None) -> None:
    # What was written is in the files already, and the next load continues with it.
    os._exit(128 + number)


def _leave(message: str) -> None:
    named = os.environ.get("TERMINATION_LOG_PATH")
    try:
        report.leave(message, Path(named or _TERMINATION_LOG), always=named is not None)
    except OSError as error:
        _say(f"The termination message cannot be written: {os.strerror(error.errno or 0)}.")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
