"""Hostile values: refused, or harmless where they are."""

from functools import cache

import pytest
from calls import parent, stored, sync
from hypothesis import given
from hypothesis import strategies as st

from hooks.settings import Settings
from substratus.offline import DispatchCaller, Rendered, simulation

NASTY = [
    "--upload-pack=touch /tmp/x",
    "-oProxyCommand=id",
    "ext::sh -c id",
    "file:///etc/passwd",
    "$(id)",
    "`id`",
    "a;id",
    "a|id",
    "a&&id",
    "a\nid",
    "a\x00id",
    "a b",
    "a'b",
    'a"b',
    "a#b",
    "a,type=local,dest=/",
    "../../etc/passwd",
    "/etc/passwd",
    "a/../../b",
    "ünïcode",
    "a\u202eb",
    "https://example.com/a,registry.insecure=true",
    "https://u:p@example.com/a",
    "%0a",
    "~root",
    "@{-1}",
    "HEAD^",
    "x:y",
]
LEGAL = st.text("abcXYZ019._+@~%=-/", min_size=1, max_size=30)
FIELDS = ("url", "branch", "path", "commit", "filename")


def dataset(field, value):
    git = {"url": "https://example.com/squad"}
    spec = {"filename": "squad.jsonl", "source": {"git": git}}
    if field == "filename":
        spec["filename"] = value
    else:
        git[field] = (
            f"https://example.com/{value}" if field == "url" and "//" not in value else value
        )
    return parent("Dataset", "squad", spec)


def pods(found):
    """Return the Pods of both Jobs; none where the value is refused."""
    if sync(found)["status"]["conditions"][0]["reason"] == "InvalidConfiguration":
        return []
    rendered = Rendered()
    sim = simulation([found], caller=DispatchCaller(Settings()), rendered=rendered)
    sim.settle()
    return [
        child["spec"]["template"]["spec"]
        for child in rendered.children.values()
        if child["kind"] == "Job"
    ]


def containers(pod):
    return [*pod.get("initContainers", []), *pod["containers"]]


def commands(found):
    """Return the commands of the same object with nothing of a person in them."""
    return _commands("commit" in found["spec"]["source"]["git"])


@cache
def _commands(pinned):
    plain = dataset("commit", "a" * 40) if pinned else dataset("branch", "main")
    return [each["command"] for pod in pods(plain) for each in containers(pod)]


def assert_harmless(found, value):
    for pod in pods(found):
        for container in containers(pod):
            assert container["command"] in commands(found), "a shell's text"
            words = container.get("args", [])
            end = words.index("--") if "--" in words else len(words)
            for index, word in enumerate(words):
                if value in word and index < end:
                    own = word.partition("=")[0]
                    assert own in {"--branch", "--local"}, word
                if word.startswith(("--output", "--export", "--import")):
                    assert value not in word or value in "registry.example.com/squad:team"


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("value", NASTY)
def test_a_nasty_value_is_refused_or_harmless(field, value):
    assert_harmless(dataset(field, value), value)


@pytest.mark.parametrize("field", FIELDS)
@given(value=LEGAL)
def test_any_value_is_refused_or_harmless(field, value):
    found = dataset(field, value)
    job = next((each for each in sync(found)["children"] if each["kind"] == "Job"), None)
    for container in containers(job["spec"]["template"]["spec"]) if job else []:
        assert container["command"] in commands(found)
        words = container.get("args", [])
        options = words[: words.index("--")] if "--" in words else words
        allowed = {"--branch", "--local", "--depth", "--recurse-submodules"}
        allowed |= {"--shallow-submodules", "--progress", "--frontend", "--output"}
        allowed |= {"--export-cache", "--import-cache"}
        assert {word.partition("=")[0] for word in options if word.startswith("-")} <= allowed


def test_what_breaks_a_rule_keeps_every_child():
    child = stored(sync(dataset("branch", "main"))["children"][0], dataset("branch", "main"))
    answered = sync(dataset("filename", "../x"), [child])
    assert [each["metadata"]["name"] for each in answered["children"]] == [
        child["metadata"]["name"]
    ]
