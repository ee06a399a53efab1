"""The messages of all conditions, in one file, so that they can be read one after the other."""

from functools import cache

import pytest
from happenings import REFUSED, TESTS, happenings
from sentences import Sentence, sentences

from hooks.reasons import Reason

FILE = TESTS / "fixtures" / "messages.yaml"
RULES = [Sentence("hooks/api", text) for text in sorted({case["hooks"] for case in REFUSED})]
SENTENCES = [*sentences(), *RULES]


@cache
def messages() -> dict[str, list[dict[str, str]]]:
    """Return the messages by their reasons: the first with each sentence."""
    found: dict[str, list[dict[str, str]]] = {}
    known = set()
    for what, (stage, settings, now) in happenings().items():
        for condition in stage.answer(settings=settings, now=now)["status"]["conditions"]:
            reason, message = condition["reason"], condition["message"]
            said = {(reason, each) for each in causes(message)}
            if condition["type"] == "Ready" or not said - known:
                continue
            known |= said
            found.setdefault(reason, []).append(
                {
                    "when": what,
                    "condition": f"{condition['type']} is {condition['status']}",
                    "message": message,
                }
            )
    return found


def causes(message):
    return [sentence for sentence in SENTENCES if sentence.is_in(message)]


def test_the_messages_are_those_of_the_file(golden):
    golden(FILE, messages())


@pytest.mark.parametrize("reason", Reason)
def test_a_reason_has_a_message(reason):
    assert reason in messages()


@pytest.mark.parametrize("sentence", SENTENCES, ids=str)
def test_a_sentence_of_the_hooks_is_in_a_message(sentence):
    every = (entry["message"] for entries in messages().values() for entry in entries)
    assert any(map(sentence.is_in, every))
