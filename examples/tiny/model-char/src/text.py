"""Text as the integers that the model reads, and back."""

import json
from itertools import islice
from pathlib import Path

END = 0
"""What is before and after each text."""


class UnreadableDataError(Exception):
    """The training data is not what it should be; the message says where and why."""


def encoded(text: str) -> list[int]:
    """Return an integer from 1 to 95 for each character; `?` stands for what is not ASCII."""
    return [ord(each) - 31 if " " <= each <= "~" else ord("?") - 31 for each in text]


def decoded(tokens: list[int]) -> str:
    """Return the text of integers that `encoded` gave."""
    return "".join(chr(each + 31) for each in tokens)


def read_texts(path: Path, limit: int) -> list[str]:
    """Return the field `text` of the first `limit` lines of a JSONL file.

    Raises:
        UnreadableDataError: there is no line, or one is not such an object.
    """
    found = []
    with path.open("rb") as file:
        for number, line in enumerate(islice(file, limit), 1):
            try:
                text = json.loads(line)["text"]
            except (ValueError, TypeError, KeyError):
                text = None
            if not isinstance(text, str):
                raise UnreadableDataError(
                    f'{path}, line {number}: not an object with a text, as {{"text": "…"}}.'
                )
            found.append(text)
    if not found:
        raise UnreadableDataError(f"{path} holds no line to train on.")
    return found
