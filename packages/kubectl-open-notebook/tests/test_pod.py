"""The token of a Notebook's Pod, as `kubectl exec` brings it or does not."""

import subprocess

import pytest
from kubectl_open_notebook.failure import ConnectionLostError, Failure
from kubectl_open_notebook.pod import Pod


class Kubectl:
    """Runs a script where kubectl would have run something in the Pod, and knows its deletion."""

    def __init__(self, script, deletion=""):
        self.script, self.deletion = script, deletion

    def run(self, *_arguments):
        return self.deletion

    def start(self, *_arguments, output, errors):
        return subprocess.Popen(["/bin/sh", "-c", self.script], stdout=output, stderr=errors)


def token(script, **pod):
    return Pod(Kubectl(script, **pod), "default", "nb").token()


def ends(code):
    return f"echo 'command terminated with exit code {code}' >&2; exit {code}"


def test_what_the_pod_prints_is_the_token():
    assert token("echo 0123456789abcdef") == "0123456789abcdef"


def test_a_file_that_is_not_there_is_no_token():
    with pytest.raises(Failure, match="has no token"):
        token(ends(1))


@pytest.mark.parametrize(
    "script",
    [ends(137), "exit 0", "echo 'error: container not found' >&2; exit 1"],
    ids=["killed", "cut-off", "not-started"],
)
def test_a_pod_that_is_ending_or_not_there_yet_is_asked_again(script):
    with pytest.raises(ConnectionLostError):
        token(script)


def test_a_pod_that_is_being_deleted_is_waited_for():
    with pytest.raises(ConnectionLostError, match="is being deleted"):
        token("echo 0123456789abcdef", deletion="2026-01-01T00:00:00Z")


HOSTILE = {
    "an escape sequence": r"printf '0123456789abcdef\033]0;evil\007'",
    "bytes that are not UTF-8": r"printf '0123456789abcdef\377\376'",
    "a second line": r"printf '0123456789abcdef\nevil-evil-evil-evil'",
    "another parameter": "echo '0123456789abcdef&evil=1'",
    "a fragment": "echo '0123456789abcdef#evil'",
    "markup": "echo '0123456789abcdef\"><script>evil()</script>'",
    "a space": "echo '0123456789abcdef evil'",
    "a digit of another alphabet": "echo '0123456789abcde٣'",
    "too little": "echo 0123",
    "too much": "head -c 200 /dev/zero | tr '\\0' a",
    "no end": "yes",
}


@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_a_token_is_refused_and_not_shown(script):
    with pytest.raises(Failure, match="is not a token") as refused:
        token(script)
    assert "evil" not in str(refused.value)


def test_a_token_that_does_not_come_is_asked_for_again(monkeypatch):
    monkeypatch.setattr("kubectl_open_notebook.pod._SECONDS", 0.3)
    with pytest.raises(ConnectionLostError):
        token("exec sleep 60")
