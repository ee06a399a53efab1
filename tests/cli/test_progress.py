"""What is seen while many objects run offline."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from cli.commands import SMALL
from hooks.settings import Settings
from substratus import offline
from substratus.files import read_objects
from substratus.rendering import render


@pytest.fixture
def bar(monkeypatch):
    """Return what the progress bar was given: its length, and each step."""
    shown = SimpleNamespace(length=0, steps=[])

    @contextmanager
    def progress(label, length):
        shown.length = length
        yield SimpleNamespace(update=shown.steps.append)

    monkeypatch.setattr(offline, "progress", progress)
    return shown


def test_the_bar_is_full_when_all_is_ready(bar):
    render(read_objects([SMALL], namespace="default"), Settings())
    assert sum(bar.steps) == bar.length


def test_the_bar_moves_more_often_than_objects_become_ready(bar):
    objects = read_objects([SMALL], namespace="default")
    render(objects, Settings())
    assert len(bar.steps) > len(objects)
