"""What the server logs of a request that it does not answer as asked, and in which form."""

import json
from datetime import UTC, datetime

import pytest
import structlog
from calls import NOW, parent, request

from hooks.server import app
from hooks.server.tokens import Tokens
from hooks.settings import Server, Settings

GIT = {"git": {"url": "https://example.com/squad"}}
DATASET = parent("Dataset", "squad", {"filename": "squad.jsonl", "source": GIT})
CALL = json.dumps(request(DATASET)).encode()


@pytest.fixture
def logged(capsys, monkeypatch):
    """Return a function that asks a server, and returns the lines of its log."""
    # A logger keeps the output that it had at its first line, which was another test's.
    monkeypatch.setattr(app, "log", structlog.get_logger())

    def ask(body, settings=None, tokens=None):
        client = app.create_app(settings or Settings(), lambda: NOW, tokens).test_client()
        client.post("/datasets/sync", data=body)
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return ask


def test_a_call_that_is_answered_is_not_logged(logged):
    assert logged(CALL) == []


def test_a_call_that_is_refused_is_logged_with_its_parent_and_why(logged):
    (line,) = logged(CALL.replace(b'"finalizing"', b'"final"'))
    time = line.pop("time")
    assert line == {
        "event": "refused",
        "hook": "/datasets/sync",
        "level": "warning",
        "parent": "team/squad",
        "reason": "The body has an unknown member 'final'.",
    }
    assert time.endswith("Z")
    assert abs(datetime.now(UTC) - datetime.fromisoformat(time)).total_seconds() < 3600


def test_a_body_that_is_too_large_is_logged_with_the_limit(logged):
    (line,) = logged(b" " * 17 * 1024 * 1024, Settings(server=Server(body_mib=16)))
    assert (line["event"], line["hook"]) == ("too large", "/datasets/sync")
    assert "server.bodyMiB" in line["reason"]


def test_a_call_without_a_token_is_logged_with_where_it_came_from(logged, tmp_path):
    (tmp_path / "token").write_text("0" * 32)
    (line,) = logged(CALL, tokens=Tokens(tmp_path))
    assert (line["event"], line["hook"], line["client"]) == (
        "not allowed",
        "/datasets/sync",
        "127.0.0.1",
    )


def test_below_the_level_nothing_is_logged(logged, monkeypatch):
    monkeypatch.setenv("LOG_LEVEL", "critical")
    assert logged(b"") == []


def test_the_time_is_that_of_utc():
    assert app.now().tzinfo is UTC
