"""What others wrote is shown, and steers no terminal."""

import io

import pytest
from kubectl_open_notebook.kubectl import _shown
from kubectl_open_notebook.terminal import Terminal, plain

HOSTILE = {
    "a title": "\x1b]0;evil\x07",
    "a colour": "\x1b[31m",
    "an escape of eight bits": "\x9b31m",
    "a backspace": "ab\b\bcd",
    "a return": "all is well\rnothing is",
    "a line break": "one\ntwo",
    "a line break of Unicode": "one\u2028two",
    "a change of direction": "abc\u202edef",
    "what is not seen": "a\u200bb\ufeffc",
    "half of a character": "a\udcffb",
    "a tag": "a\U000e0041b",
}


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_line_is_one_of_characters_that_are_seen(text):
    assert plain(text).isprintable()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_line_is_shown_so_on_every_way(text, capsys):
    screen = Screen()
    terminal = Terminal(screen, is_plain=True)
    terminal.say(text)
    terminal.warn(text)
    terminal.result(text)
    terminal.passing(text)
    shown = screen.getvalue().replace("\r\x1b[K", "") + capsys.readouterr().out
    assert shown.replace("\n", "").isprintable()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_kubectl_says_while_it_waits_is_shown_so_too(text):
    shown = _shown(text.encode(errors="surrogateescape")).decode()
    assert shown.replace("\n", "").isprintable()


def test_other_alphabets_are_shown_as_they_are():
    assert plain("Größe 模型 نموذج — 100 %") == "Größe 模型 نموذج — 100 %"


def test_a_line_has_an_end():
    assert len(plain("x" * 1_000_000)) < 6_000
