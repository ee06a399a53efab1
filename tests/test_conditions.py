"""Conditions: what is true of each, whatever it reports."""

import pytest
from calls import NOW, condition, parent, sync

from hooks.conditions import Condition, to_status
from hooks.reasons import Reason

SAID = {
    "a plain text": ("it's «fine» … 日本", "it's «fine» … 日本"),
    "an escape sequence": ("a\x1b[2Jb", "a\N{REPLACEMENT CHARACTER}[2Jb"),
    "one of eight bits": ("a\x9b2Jb", "a\N{REPLACEMENT CHARACTER}2Jb"),
    "a line break": ("a\r\nb\tc", "a  b c"),
    "an override of the direction": ("a\u202eb", "a\N{REPLACEMENT CHARACTER}b"),
    "a null": ("a\0b", "a\N{REPLACEMENT CHARACTER}b"),
}


@pytest.mark.parametrize(("text", "shown"), SAID.values(), ids=SAID)
def test_a_message_holds_nothing_that_a_terminal_obeys(text, shown):
    step = Condition("Built", "False", Reason.BUILD_FAILED, text)
    for found in to_status([step], previous={}, generation=1, now=NOW):
        assert found["message"] == shown


def test_a_path_of_a_patch_is_shown_without_control_characters():
    operation = {"op": "remove", "path": "/spec/\x1b]0;x\x07"}
    patch = {"target": {"kind": "Job"}, "operations": [operation]}
    spec = {"source": {"git": {"url": "https://example.com/m"}}, "patches": [patch]}
    assert condition(sync(parent("Model", "m", spec)), "Built")[2].isprintable()
