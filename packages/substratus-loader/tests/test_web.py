import hashlib
from collections import deque

import pytest
from broken_loads import make_certificate
from substratus_loader.testing import Break, Content, FileServer, Status
from substratus_loader.testing.file_server import Served

WEIGHTS = Content(length=3_000_000, seed=3)


@pytest.fixture
def load(loader, server):
    def load(path, *flags, **environment):
        return loader.run(server.url + path, f"--allow={server.url}", *flags, **environment)

    return load


def test_a_file_is_called_as_its_url_ends(loader, server, load):
    server.files["/files/model.gguf"] = Served(WEIGHTS, {"ETag": '"one"'})
    ended = load("/files/model.gguf?download=1")
    assert ended.report == {
        "bytes": 3_000_000,
        "file": "model.gguf",
        "files": 1,
        "format": "gguf",
        "revision": "one",
        "sha256": WEIGHTS.sha256,
    }
    assert set(loader.files()) == {"model.gguf"}


def test_a_dataset_is_called_as_it_is_asked_for(loader, server, load):
    server.files["/a"] = Served(Content(data=b"lines"))
    assert load("/a", "--kind=dataset", "--filename=all.jsonl").code == 0
    assert loader.files() == {"all.jsonl": b"lines"}


@pytest.mark.parametrize("headers", [{"ETag": '"one"'}, {"Last-Modified": "Thu, 01 Jan 2026"}])
def test_what_broke_off_continues_under_the_same_state(server, load, headers):
    server.files["/a"] = Served(WEIGHTS, headers, faults=deque([None, Break(1_000_000)]))
    ended = load("/a")
    assert ended.report["sha256"] == WEIGHTS.sha256
    assert server.requests == [("/a", None), ("/a", None), ("/a", "bytes=1000000-")]
    assert server.conditions == [None, None, next(iter(headers.values()))]


def test_a_server_without_ranges_is_read_from_the_beginning(server, load):
    served = Served(WEIGHTS, {"ETag": '"one"'}, ranges=False)
    served.faults.extend([None, Break(1_000_000)])
    server.files["/a"] = served
    ended = load("/a")
    assert ended.report["sha256"] == WEIGHTS.sha256
    assert ended.report["bytes"] == 3_000_000


def test_a_server_that_says_no_state_is_read_from_the_beginning(server, load):
    server.files["/a"] = Served(WEIGHTS, faults=deque([None, Break(1_000_000)]))
    assert load("/a").report["sha256"] == WEIGHTS.sha256
    assert [asked for _, asked in server.requests] == [None, None, None]


def test_a_checksum_in_the_url_is_verified(server, load):
    server.files["/a"] = Served(Content(data=b"right"))
    good, other = hashlib.sha256(b"right").hexdigest(), hashlib.sha256(b"other").hexdigest()
    assert load(f"/a#sha256={good}").code == 0
    ended = load(f"/a#sha256={other}")
    assert (ended.code, ended.message) == (
        65,
        (
            f"a of {server.url}/a has the sha256 {good}, and {other} is right. It is removed; look"
            " at the source."
        ),
    )


def test_a_size_that_is_not_said_needs_a_checksum(server, load):
    server.files["/a"] = Served(Content(data=b"right"), says_size=False)
    ended = load("/a")
    assert (ended.code, ended.message) == (
        64,
        (
            f"{server.url}/a does not say how large it is, so nobody would see that it was cut off."
            " Add #sha256= with its checksum."
        ),
    )
    assert load(f"/a#sha256={hashlib.sha256(b'right').hexdigest()}").code == 0


def test_a_source_that_changes_meanwhile_is_a_failure_of_its_own(loader, server, load):
    changed = Served(Content(length=3_000_000, seed=4), {"ETag": '"two"'})
    first = Served(WEIGHTS, {"ETag": '"one"'})
    server.files["/a"] = first

    class Changing(deque):
        def popleft(self):
            if len(self) == 1:
                server.files["/a"] = changed
            return super().popleft()

    first.faults = Changing([None, Break(1_000_000)])
    ended = load("/a")
    assert (ended.code, ended.message) == (
        76,
        f"{server.url}/a changed while it was loaded. The next load begins with what is there now.",
    )
    assert load("/a").report["sha256"] == changed.content.sha256
    assert server.requests[-1] == ("/a", None)
    assert len(loader.files()) == 1


@pytest.mark.parametrize(
    ("status", "code", "sentence"),
    [
        (404, 66, "does not exist (it answers 404)."),
        (
            403,
            77,
            (
                "answers 403: it wants credentials, and an https:// source takes none. Give a URL"
                " that is open or signed."
            ),
        ),
        (400, 75, "answers 400."),
    ],
)
def test_a_refusal_is_a_sentence_without_the_query(server, load, status, code, sentence):
    server.files["/a"] = Served(faults=deque([Status(status)]))
    ended = load("/a?signature=secret")
    assert (ended.code, ended.message) == (code, f"{server.url}/a {sentence}")
    assert "secret" not in ended.log


def test_a_redirect_to_a_private_address_is_refused(loader, server):
    with FileServer("127.0.0.2") as other:
        other.files["/b"] = Served(Content(data=b"cloud credentials"))
        server.files["/a"] = Served(redirect=f"https://127.0.0.2:{other.port}/b")
        ended = loader.run(f"{server.url}/a", f"--allow={server.url}")
    assert ended.code == 78
    assert other.requests == []


def test_a_redirect_to_what_is_not_encrypted_is_refused(loader, server):
    server.files["/a"] = Served(redirect="http://example.com/b")
    ended = loader.run(f"{server.url}/a", f"--allow={server.url}")
    assert (ended.code, ended.message) == (
        78,
        (
            "http://example.com is not encrypted, and what comes from there may be anybody's. Use"
            " https://, or have the host in the settings' sources.allowed."
        ),
    )


def test_a_certificate_that_nobody_vouches_for_is_refused(loader, tmp_path):
    certificate, authority = make_certificate(tmp_path)
    with FileServer(certificate=certificate) as server:
        server.files["/a"] = Served(Content(data=b"x"))
        allow = ("--attempts=1", f"--allow={server.url}")
        refused = loader.run(f"{server.url}/a", *allow)
        trusted = loader.run(f"{server.url}/a", *allow, SSL_CERT_FILE=str(authority))
    assert (refused.code, trusted.code) == (75, 0)
    assert "has a certificate that is not trusted" in refused.message
