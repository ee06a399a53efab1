"""What goes wrong with the answers of a server of the tests, one fault a request."""

import threading
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Break:
    """The connection ends after so many bytes of the body."""

    after: int


@dataclass(frozen=True)
class Stall:
    """Nothing more comes for so many seconds, after so many bytes; then `reached` is set."""

    after: int
    seconds: float
    reached: threading.Event = field(default_factory=threading.Event, compare=False)


@dataclass(frozen=True)
class Status:
    """The answer is a status and nothing else."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Corrupt:
    """The byte at this place of the file is another one."""

    at: int


Fault = Break | Stall | Status | Corrupt
