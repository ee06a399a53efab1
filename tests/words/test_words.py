"""Words that readers stumble over are kept out of code, messages and pages."""

import pytest
from odd_words import CLEAN, EXEMPT, ODD_WORDS, ROOT, places


@pytest.mark.parametrize("directory", CLEAN)
def test_it_has_no_odd_words(directory):
    found = [f"{place} — write: {word.instead}" for place, word in places((directory,))]
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize("path", [*CLEAN, *EXEMPT])
def test_what_is_listed_is_there(path):
    assert (ROOT / path).exists()


@pytest.mark.parametrize(
    "line",
    [
        "What a person can mend.",
        "def test_it_is_mended_at_once():",
        "it waits for ever",
        "a key that stands twice",
        "'soon' is no time",
        "def test_the_label_is_no_part_of_it():",
        "what it is told",
        "what runs goes on",
    ],
)
def test_an_odd_word_is_found(line):
    assert any(word.is_in(line) for word in ODD_WORDS)


@pytest.mark.parametrize(
    "line",
    [
        "There is no Model.",
        "where there is no claim",
        "it is no longer there",
        "a directory that stands for an image",
        "a registry that stands in for others",
        "recommended, understand, amendment",
        "it is not a setting",
        "forever",
    ],
)
def test_a_plain_sentence_is_taken(line):
    assert not [word for word in ODD_WORDS if word.is_in(line)]
