"""Requests that a real Metacontroller sent, answered again as they were answered then.

`pytest tests/e2e --record` writes them.
"""

import copy
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hooks.server import dispatch
from hooks.settings import Settings

RECORDED = Path(__file__).parents[1] / "fixtures" / "recorded"
CASES = sorted(path.parent for path in RECORDED.rglob("call.json"))


def name(case):
    return str(case.relative_to(RECORDED))


def read(case, part):
    return json.loads((case / f"{part}.json").read_text())


def answer(case, request=None, *, later=0):
    """Return the answer to a request, or to the recorded one, so many seconds after its record."""
    call = read(case, "call")
    now = datetime.fromisoformat(call["time"]) + timedelta(seconds=later)
    body = json.dumps(request or read(case, "request")).encode()
    return json.loads(dispatch.call(call["path"], body, settings=Settings(), now=now))


def without_clock(answered, request):
    """Return an answer without what the clock decides: new times, and when to ask again."""
    found = copy.deepcopy(answered)
    found.pop("resyncAfterSeconds", None)
    status = (request.get("parent") or {}).get("status") or {}
    known = {each["lastTransitionTime"] for each in status.get("conditions", [])}
    for condition in (found.get("status") or {}).get("conditions", []):
        if condition["lastTransitionTime"] not in known:
            condition["lastTransitionTime"] = "now"
    return found


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_recorded_request_is_answered_as_it_was(case):
    request = read(case, "request")
    assert without_clock(answer(case), request) == without_clock(read(case, "answer"), request)


@pytest.mark.parametrize("case", [each for each in CASES if "-sync" in name(each)], ids=name)
def test_a_status_that_is_fed_back_is_the_same_an_hour_later(case):
    request = read(case, "request")
    if "parent" not in request:
        return
    first = answer(case)
    request["parent"]["status"] = first["status"]
    again = answer(case, request, later=3600)
    times = [each["lastTransitionTime"] for each in again["status"]["conditions"]]
    assert times == [each["lastTransitionTime"] for each in first["status"]["conditions"]]


def with_managed_fields(value):
    """Return the same JSON in which every object says who wrote which field."""
    if isinstance(value, list):
        return [with_managed_fields(each) for each in value]
    if not isinstance(value, dict):
        return value
    filled = {key: with_managed_fields(each) for key, each in value.items()}
    if "uid" in value.get("metadata", ()):
        entry = {"manager": "metacontroller", "operation": "Update", "fieldsV1": {"f:spec": {}}}
        filled["metadata"]["managedFields"] = [entry]
    return filled


@pytest.mark.parametrize("case", CASES, ids=name)
def test_managed_fields_decide_nothing(case):
    """An API server sends them, a quarter of a request; the recorded ones are kept without."""
    request = read(case, "request")
    filled = with_managed_fields(request)
    assert filled != request
    assert answer(case, filled) == answer(case)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_recorded_request_is_short_in_name_and_content(case):
    assert len(case.name) <= 60
    assert "managedFields" not in (case / "request.json").read_text()


@pytest.mark.parametrize("kind", list(dispatch.KINDS))
def test_every_kind_was_recorded_ready(kind):
    ready = [
        case
        for case in CASES
        if name(case).startswith(f"{kind}-sync")
        and any(
            each["type"] == "Ready" and each["status"] == "True"
            for each in read(case, "answer")["status"]["conditions"]
        )
    ]
    assert ready


def test_offline_equals_what_the_real_metacontroller_applied():
    """The children of the examples, byte for byte, but for the uid that each cluster makes."""
    import re  # noqa: PLC0415 - for this alone

    from substratus.files import read_objects  # noqa: PLC0415 - the same
    from substratus.offline import DispatchCaller, simulation  # noqa: PLC0415 - the same

    files = map(str, (Path(__file__).parents[2] / "examples").rglob("*.yaml"))
    objects = read_objects(files, namespace="examples")
    sim = simulation(objects, caller=DispatchCaller(Settings()))
    sim.settle()
    annotation = "metacontroller.k8s.io/last-applied-configuration"

    def masked(applied):
        text = json.dumps(applied, sort_keys=True, separators=(",", ":"))
        text = re.sub(r'"controller-uid":"[^"]*"', '"controller-uid":""', text)
        # The versions of objects, which each cluster counts for itself.
        return re.sub(r'(\\"[\w/.-]+\\":\\")\d+', r"\1", text)

    real = json.loads((RECORDED / "children.json").read_text())
    kinds = (("batch/v1", "Job"), ("apps/v1", "StatefulSet"), ("v1", "Service"),
             ("v1", "PersistentVolumeClaim"), ("v1", "ConfigMap"))  # fmt: skip
    offline = {
        f"{each['kind']}/{each['metadata']['name']}": masked(
            json.loads(each["metadata"]["annotations"][annotation])
        )
        for version, kind in kinds
        for each in sim.cluster.list(version, kind)
    }
    assert offline == {key: masked(each) for key, each in real.items()}
