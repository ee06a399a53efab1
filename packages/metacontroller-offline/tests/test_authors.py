"""What the author of a test gets: failures that explain themselves, patches, credentials."""

import copy
import json
from datetime import timedelta

import pytest
from engine import CRD, bar, child, config_map, controller, names
from metacontroller_offline import Ref, Simulation, SyncFailedError, WsgiCaller
from metacontroller_offline.errors import InvalidError, UnsupportedError

BAR = Ref("verify.example.com/v1", "Bar", "default", "a")


def answering(*children, **answer):
    return lambda _: {"status": {}, "children": list(children), **answer}


def changed(**webhook):
    """Return the controller with other fields in its sync webhook."""
    manifest = copy.deepcopy(controller())
    manifest["spec"]["hooks"]["sync"]["webhook"].update(webhook)
    return manifest


def settled(hooks, manifest=None, *before, **options):
    sim = Simulation([CRD, *before, manifest or controller()], hooks, **options)
    sim.cluster.apply(bar(size=1))
    sim.settle()
    return sim


# Failures.


def test_a_misspelt_answer_fails_the_test_and_shows_the_call():
    with pytest.raises(SyncFailedError) as raised:
        settled(lambda _: {"status": {}, "chidlren": []})
    text = str(raised.value)
    assert "CompositeController bars for Bar default/a: strict validation failed" in text
    assert 'answer: 200 {"status": {}, "chidlren": []}' in text
    assert "Bar default/a: SyncError" in text


def test_a_child_that_the_api_server_refuses_fails_the_test():
    with pytest.raises(SyncFailedError, match="cannot unmarshal number"):
        settled(answering(config_map(port=80)))


def test_a_failure_may_be_allowed():
    sim = Simulation([CRD, controller(), bar()], lambda _: {"chidlren": []})
    sim.settle(timedelta(seconds=1), may_fail=True)
    assert names(sim) == []


def test_a_hook_that_recovers_fails_nothing():
    calls = []

    def sync(_):
        calls.append(1)
        return {"nothing": 1} if len(calls) < 3 else {"status": {}, "children": [config_map()]}

    assert names(settled(sync)) == ["a-config"]


# Hooks.


def wsgi(environ, start_response):
    body = environ["wsgi.input"].read()
    if environ.get("HTTP_AUTHORIZATION") not in {None, "Bearer secret", "Basic bTpz"}:
        start_response("401 Unauthorized", [])
        return [b""]
    start_response("200 OK", [("Content-Type", "application/json")])
    size = json.loads(body)["parent"]["spec"]["size"]
    return [json.dumps(answering(config_map(size=str(size)))({})).encode()]


def test_a_hook_may_be_a_wsgi_application():
    assert child(settled(wsgi))["data"] == {"size": "1"}


def secret(**texts):
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "s", "namespace": "default"},
        "stringData": texts,
    }


REFERENCE = {"name": "s", "namespace": "default"}
BEARER = {"authorization": {"secretRef": {**REFERENCE, "key": "token"}}}
BASIC = {"basicAuth": {"secretRef": REFERENCE}}


def in_order(manifest, *objects):
    """Return a simulation in which objects are there before the parent."""
    sim = Simulation([CRD, manifest, *objects], WsgiCaller(wsgi))
    sim.cluster.apply(bar(size=1))
    return sim


@pytest.mark.parametrize(
    ("given", "texts"),
    [(BEARER, {"token": "secret"}), (BASIC, {"username": "m", "password": "s"})],
    ids=["a token", "a password"],
)
def test_credentials_are_sent(given, texts):
    sim = in_order(changed(**given), secret(**texts))
    sim.settle()
    assert names(sim) == ["a-config"]


def test_a_wrong_token_is_a_failure():
    sim = in_order(changed(**BEARER), secret(token="wrong"))  # noqa: S106 - the point of it
    with pytest.raises(SyncFailedError, match="unsupported status code: 401"):
        sim.settle()


def test_a_secret_that_does_not_exist_is_a_failure():
    with pytest.raises(SyncFailedError, match="can't get authorization secret default/s"):
        in_order(changed(**BEARER)).settle()


def test_credentials_may_be_those_of_the_host():
    manifest = controller()
    manifest["spec"]["endpointConfigs"] = [{"host": "hooks:80", **BEARER}]
    sim = in_order(manifest, secret(token="secret"))  # noqa: S106 - it is none
    sim.settle()
    assert names(sim) == ["a-config"]


def test_two_kinds_of_credentials_contradict_each_other():
    with pytest.raises(UnsupportedError, match="mutually exclusive"):
        Simulation([CRD, changed(**BEARER, **BASIC)], wsgi)


class Tagging:
    """A hook whose answers have an ETag; it answers 304 when the tag is known."""

    def __init__(self):
        self.statuses = []

    def __call__(self, environ, start_response):
        size = json.loads(environ["wsgi.input"].read())["parent"]["spec"]["size"]
        tag = f'"{size}"'
        known = environ.get("HTTP_IF_NONE_MATCH") == tag
        self.statuses.append(304 if known else 200)
        start_response("304 Not Modified" if known else "200 OK", [("ETag", tag)])
        body = json.dumps(answering(config_map(size=str(size)))({})).encode()
        return [b"" if known else body]


def test_an_answer_with_an_etag_is_kept():
    hook = Tagging()
    sim = settled(WsgiCaller(hook), changed(etag={"enabled": True}))
    assert (hook.statuses[0], set(hook.statuses[1:])) == (200, {304})
    assert child(sim)["data"] == {"size": "1"}


def test_without_an_etag_cache_no_tag_is_sent():
    hook = Tagging()
    settled(WsgiCaller(hook))
    assert set(hook.statuses) == {200}


def test_a_cache_that_expires_and_is_never_cleaned_is_refused():
    etag = {"enabled": True, "cacheTimeoutSeconds": 5}
    with pytest.raises(UnsupportedError, match="cacheCleanupSeconds"):
        Simulation([CRD, changed(etag=etag)], wsgi)


# The format v1.


def first_version(**webhook):
    manifest = changed(**webhook)
    del manifest["spec"]["hooks"]["sync"]["version"]
    return manifest


def test_in_v1_children_are_known_by_their_names():
    asked = []
    settled(lambda request: asked.append(request) or answering(config_map())({}), first_version())
    assert list(asked[-1]["children"]["ConfigMap.v1"]) == ["a-config"]


def test_in_v1_an_unknown_field_has_no_effect():
    assert names(settled(answering(config_map(), unknown=1), first_version())) == ["a-config"]


def test_in_v1_an_answer_may_be_read_strictly():
    with pytest.raises(SyncFailedError, match='unknown field "unknown"'):
        settled(answering(config_map(), unknown=1), first_version(responseUnMarshallMode="strict"))


def test_in_v2_an_answer_may_be_read_loosely():
    manifest = changed(responseUnMarshallMode="loose")
    assert names(settled(answering(config_map(), unknown=1), manifest)) == ["a-config"]


def test_in_v1_what_is_related_is_in_the_parents_namespace():
    manifest = first_version()
    url = {"url": "http://hooks/customize"}
    manifest["spec"]["hooks"]["customize"] = {"webhook": url}
    rule = {"apiVersion": "v1", "resource": "configmaps", "names": ["x"]}
    other = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "other"}}
    asked = []
    hooks = {
        "/sync": lambda request: asked.append(request) or answering()({}),
        "/customize": lambda _: {"relatedResources": [rule]},
    }
    here, there = config_map("x"), config_map("x")
    there["metadata"]["namespace"] = "other"
    settled(hooks, manifest, other, here, there)
    assert list(asked[-1]["related"]["ConfigMap.v1"]) == ["x"]


# The cluster.


def test_an_object_without_a_namespace_is_in_default():
    sim = Simulation([CRD], wsgi)
    manifest = bar()
    del manifest["metadata"]["namespace"]
    assert sim.cluster.apply(manifest)["metadata"]["namespace"] == "default"


def test_a_patch_changes_and_removes():
    sim = Simulation([CRD, bar(size=1)], wsgi)
    sim.cluster.patch(BAR, {"metadata": {"labels": {"a": "b"}}, "spec": {"size": None}})
    found = sim.cluster.get(*BAR)
    assert (found["metadata"]["labels"], found["spec"]) == ({"a": "b"}, {})


def test_a_patch_may_be_of_the_status():
    sim = Simulation([CRD, bar(size=1)], wsgi)
    sim.cluster.patch(BAR, {"status": {"phase": "Up"}, "spec": {"size": 2}}, status=True)
    found = sim.cluster.get(*BAR)
    assert (found["status"], found["spec"]) == ({"phase": "Up"}, {"size": 1})


def test_a_patch_is_checked():
    sim = Simulation([CRD, bar(size=1)], wsgi)
    with pytest.raises(InvalidError, match=r"spec\.size"):
        sim.cluster.patch(BAR, {"spec": {"size": -1}})


# Certificates and several processes.


@pytest.mark.parametrize(
    "given",
    [
        {"caBundle": {"configMapRef": {"name": "x", "namespace": "default"}}},
        {"clientTLS": {"secretRef": {"name": "x", "namespace": "default"}}},
    ],
    ids=["an authority", "a certificate"],
)
def test_a_certificate_that_is_not_there_is_a_failure(given):
    with pytest.raises(SyncFailedError, match="default/x: it does not exist"):
        settled(wsgi, changed(**given))


@pytest.mark.parametrize(("selector", "made"), [("team=a", ["a-config"]), ("team=b", [])])
def test_a_process_may_run_some_controllers_alone(selector, made):
    manifest = controller()
    manifest["metadata"]["labels"] = {"team": "a"}
    sim = settled(answering(config_map()), manifest, target_label_selector=selector)
    assert names(sim) == made
