"""How a load ends when it does not end whole: an exit code, and a sentence for a person."""

from enum import IntEnum


class Code(IntEnum):
    """The exit codes. Only `UNAVAILABLE` and `CHANGED` are worth another try of the same thing."""

    WRONG_USAGE = 64
    WRONG_CHECKSUM = 65
    NOT_FOUND = 66
    NO_SPACE = 73
    UNAVAILABLE = 75
    CHANGED = 76
    NO_ACCESS = 77
    REFUSED = 78


class FailureError(Exception):
    """The load cannot end whole: what is wrong, where, and what to do; never with a secret."""

    def __init__(self, code: Code, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class InterruptedLoadError(Exception):
    """A server or the network gave up in the middle: the same request may do better in a moment.

    `reason` completes the sentence "<where> …", such as "answered 503"; `retry_after` is what the
    server asked for, in seconds; `final` is the failure where it never does better, None for what
    the reason says.
    """

    def __init__(
        self,
        reason: str,
        *,
        retry_after: float | None = None,
        final: FailureError | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after
        self.final = final


class Stopped(Exception):  # noqa: N818 - not an error: another file's failure is the load's
    """Another file has failed, so this one is left as it is."""
