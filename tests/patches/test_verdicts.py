"""A hundred patches by an object, as its hook judges them, beside the list of the page."""

import re
from pathlib import Path

import pytest
from strict_schema import assert_fits
from verdicts import EVERY, ILLEGAL, LEGAL, RESTRICTED, SETTINGS, STAGES

from tools.patches_page import patches_page

PAGE = Path(__file__).parents[2] / "docs" / "patchable.md"
ROWS = [line.split("`")[1] for line in patches_page() if line.startswith("| `/")]


def made(verdict):
    """Return the child that the hook makes with the patch, or None; and what its condition says."""
    answered = verdict.stage.answer(settings=verdict.settings)
    found = [
        child
        for child in answered["children"]
        if child["kind"] == verdict.kind
        and child["metadata"]["labels"]["substratus.ai/step"] == verdict.step
    ]
    refusals = [
        each["message"]
        for each in answered["status"]["conditions"]
        if each["reason"] == "InvalidPatch" and each["type"] != "Ready"
    ]
    return (found[0] if found else None), (refusals[0] if refusals else None)


def without_patch(verdict):
    answered = STAGES[verdict.step].edited().answer(settings=verdict.settings)
    return next(
        child
        for child in answered["children"]
        if child["kind"] == verdict.kind
        and child["metadata"]["labels"]["substratus.ai/step"] == verdict.step
    )


@pytest.mark.parametrize("verdict", LEGAL, ids=lambda verdict: verdict.name)
def test_it_goes_through(verdict):
    child, refusal = made(verdict)
    assert refusal is None
    assert child != without_patch(verdict)


@pytest.mark.parametrize("verdict", ILLEGAL, ids=lambda verdict: verdict.name)
def test_it_is_refused_by_the_name_of_the_value(verdict):
    child, refusal = made(verdict)
    assert child is None
    said = re.fullmatch(
        r"spec\.patches\[0\]\.operations\[\d\] \(\w+ \S+\): "
        r"(only a patch of the settings|a patch) may (not )?change (?P<pointer>.*?)(: .*)?\.",
        refusal,
    )
    assert said, refusal
    assert said["pointer"] == verdict.refused


def test_there_are_a_hundred_half_of_them_legal():
    assert len({verdict.name for verdict in EVERY}) == 100
    assert len(LEGAL) == len(ILLEGAL) == 50


def changes(before, after, at=""):
    """Yield the path of each value that a patch set, with `own`, `new` and `[]` as the page has."""
    if before == after:
        return
    if isinstance(after, dict) and isinstance(before, dict | None):
        for key in after.keys() | (before or {}).keys():
            yield from changes((before or {}).get(key), after.get(key), f"{at}/{key}")
        return
    key = next((name for end, name in KEYS.items() if at.endswith(end)), None)
    if key and isinstance(after, list):
        own = {each[key]: each for each in before or []}
        for each in after:
            part = "own" if each[key] in own else "new"
            yield from changes(own.get(each[key]), each, f"{at}[{part}]")
        return
    if isinstance(after, list) and at.endswith(("/env", "/sources", "volumeMounts")):
        for each in after:
            yield from changes(None, each, f"{at}[]")
        return
    yield at


KEYS = {
    "/containers": "name",
    "/initContainers": "name",
    "/volumes": "name",
    "[own]/volumeMounts": "mountPath",
    "/spec/ports": "name",
    "/ports": "containerPort",
}


def used(path):
    path = path.replace("initContainers", "containers")
    path = re.sub(r"^/metadata/(labels|annotations)/.*", r"/metadata/\1/<new key>", path)
    rows = (row for row in ROWS if path == row or path.startswith(f"{row}/"))
    return max(rows, key=len, default=None)


def test_every_row_of_the_page_is_used_by_one_that_goes_through():
    found = {
        used(path)
        for verdict in LEGAL
        for path in changes(without_patch(verdict), made(verdict)[0])
    }
    whole = {row for row in ROWS if row.endswith("containers[new]")}
    assert sorted(set(ROWS) - found - whole) == []
    assert None not in found


def test_all_rows_are_in_the_page():
    text = PAGE.read_text()
    assert all(f"| `{row}` |" in text for row in ROWS)


def test_most_that_go_through_fit_the_schema_of_kubernetes():
    for name in ("a training with a sidecar", "a Service with a port for metrics"):
        (verdict,) = (each for each in LEGAL if each.name == name)
        assert_fits(made(verdict)[0])


@pytest.mark.parametrize("settings", [SETTINGS, RESTRICTED], ids=["baseline", "restricted"])
def test_the_settings_name_what_no_object_may_take(settings):
    assert settings.registry.pull_secrets == ("pull",)
    assert settings.storage.given_claims() == ["bucket"]
