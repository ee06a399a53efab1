"""Who may ask: whoever shows one of two tokens, which may change while the server runs."""

import json

import pytest
from calls import NOW, parent, request

from hooks.server.app import create_app
from hooks.server.tokens import InvalidTokensError, Tokens
from hooks.settings import Settings

OLD, NEW = "0" * 32, "1" * 32
DATASET = parent(
    "Dataset",
    "squad",
    {"filename": "squad.jsonl", "source": {"git": {"url": "https://example.com/squad"}}},
)
CALL = json.dumps(request(DATASET)).encode()


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "first").write_text(f"{OLD}\n")
    return tmp_path


@pytest.fixture
def tokens(directory, clock):
    return Tokens(directory, clock)


@pytest.mark.parametrize("header", [f"Bearer {OLD}", f"bearer {OLD}", f"Bearer  {OLD} "])
def test_its_token_lets_a_request_in(tokens, header):
    assert tokens.allow(header)


@pytest.mark.parametrize(
    "header",
    [None, "", OLD, "Bearer", f"Bearer {NEW}", f"Basic {OLD}", f"Bearer {OLD}0", "Bearer \xe9"],
)
def test_nothing_else_does(tokens, header):
    assert not tokens.allow(header)


def test_two_are_taken_at_a_time(tokens, directory, clock):
    (directory / "second").write_text(NEW)
    clock.now += 1
    assert tokens.allow(f"Bearer {OLD}")
    assert tokens.allow(f"Bearer {NEW}")


def test_one_that_is_taken_away_is_taken_no_more(tokens, directory, clock):
    (directory / "second").write_text(NEW)
    (directory / "first").unlink()
    clock.now += 1
    assert not tokens.allow(f"Bearer {OLD}")


def test_nobody_is_let_in_while_there_is_no_token(tokens, directory, clock):
    (directory / "first").unlink()
    clock.now += 1
    assert not tokens.allow(f"Bearer {OLD}")


def test_what_the_kubelet_keeps_beside_them_is_not_a_token(directory, tokens):
    (directory / "..data").mkdir()
    (directory / ".new").write_text(NEW)
    assert not Tokens(directory).allow(f"Bearer {NEW}")


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({}, "one token or two, not 0"),
        ({"a": OLD, "b": NEW, "c": "2" * 32}, "one token or two, not 3"),
        ({"a": "0" * 15}, "fewer than 16 characters"),
        ({"a": " \n"}, "fewer than 16 characters"),
    ],
)
def test_what_cannot_be_tokens_is_refused_without_being_quoted(files, named, tmp_path):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(InvalidTokensError, match=named) as refused:
        Tokens(tmp_path)
    assert OLD[:15] not in str(refused.value)


def test_wrong_tokens_stop_the_server_with_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("TOKENS_DIRECTORY", str(tmp_path / "nowhere"))
    with pytest.raises(SystemExit, match="TOKENS_DIRECTORY"):
        create_app(Settings())


@pytest.fixture
def client(tokens):
    return create_app(Settings(), clock=lambda: NOW, tokens=tokens).test_client()


def test_a_call_with_the_token_is_answered(client):
    found = client.post("/datasets/sync", data=CALL, headers={"Authorization": f"Bearer {OLD}"})
    assert found.status_code == 200


def test_a_call_without_it_is_401_and_not_looked_at(client):
    found = client.post("/datasets/sync", data=b"{")
    assert (found.status_code, found.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert found.get_json() == {"error": "The request shows no token that is taken here."}


def test_the_log_of_a_call_that_is_not_allowed_has_no_token(client, capsys):
    client.post("/datasets/sync", data=CALL, headers={"Authorization": f"Bearer {NEW}"})
    assert NEW not in capsys.readouterr().out


def test_one_that_is_too_short_is_refused_with_how_to_make_another(tmp_path):
    (tmp_path / "first").write_text("0" * 15)
    with pytest.raises(InvalidTokensError) as refused:
        Tokens(tmp_path)
    assert str(refused.value) == (
        f"a token in {tmp_path} has fewer than 16 characters: make one with `openssl rand -hex 32`"
    )
