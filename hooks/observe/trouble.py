"""What keeps a Pod from doing what it should: a reason, and the sentence that explains it."""

from dataclasses import dataclass

from hooks.reasons import Reason


@dataclass(frozen=True)
class Trouble:
    """Why a Pod makes no progress: a reason, and a sentence that begins with the Pod's own word."""

    reason: Reason
    message: str
