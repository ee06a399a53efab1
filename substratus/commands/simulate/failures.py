"""What is to fail in a simulation: `KIND/NAME:STEP=REASON`."""

import re
from collections.abc import Sequence

import click
from metacontroller_offline import Rule, Scenario, Workload
from metacontroller_offline.scenario import (
    CreateContainerConfigError,
    ErrImagePull,
    Evicted,
    ExitCode,
    ImagePullBackOff,
    InvalidImageName,
    NeverReady,
    OOMKilled,
    Outcome,
    Unschedulable,
)

from hooks.names import STEP, owner_labels
from hooks.step import Step
from substratus.objects import Key, Manifest, key
from substratus.wording.values import listed, near

OUTCOMES: dict[str, Outcome] = {
    "OOMKilled": OOMKilled(),
    "Evicted": Evicted(),
    "ErrImagePull": ErrImagePull("not found"),
    "ImagePullBackOff": ImagePullBackOff("not found"),
    "InvalidImageName": InvalidImageName(),
    "CreateContainerConfigError": CreateContainerConfigError(),
    "Unschedulable": Unschedulable(),
    "NeverReady": NeverReady(),
}
_FAIL = re.compile(
    r"(?P<kind>[^/:]+)/(?:(?P<namespace>[^/:]+)/)?(?P<name>[^/:]+):(?P<step>[^=]*)=(?P<reason>.*)"
)
_EXIT = re.compile(r"exit(\d+)")
_LARGEST = 255


def scenario(failures: Sequence[str], objects: Sequence[Manifest]) -> Scenario:
    """Return the scenario in which `KIND/NAME:STEP=REASON` happens, and all else succeeds.

    `KIND/NAMESPACE/NAME` is one of several namespaces.

    Raises:
        click.ClickException: a failure is not of that form, or names an object, a step or a reason
            that does not exist.
    """
    return Scenario([_rule(each, objects) for each in failures])


def _rule(failure: str, objects: Sequence[Manifest]) -> Rule:
    given = _FAIL.fullmatch(failure)
    if not given:
        raise click.ClickException(
            f"--fail {failure}: it must be KIND/NAME:STEP=REASON, such as "
            "Dataset/squad:load=OOMKilled."
        )
    try:
        found = _meant(given, objects)
        step = _step(given["step"], found[0])
        outcome = _outcome(given["reason"])
    except ValueError as error:
        raise click.ClickException(f"--fail {failure}: {error}") from error
    (kind, _, name), *_ = (key(each) for each in found)
    labels = {**owner_labels(kind, name), STEP: str(step)}
    return Rule(Workload(labels=labels, namespace=given["namespace"] or "*"), outcome)


def _meant(given: re.Match[str], objects: Sequence[Manifest]) -> list[Manifest]:
    kind, namespace, name = given["kind"], given["namespace"], given["name"]
    found = [each for each in objects if _is(key(each), kind, namespace, name)]
    if not found:
        known = [f"{each[0]}/{each[2]}" for each in map(key, objects)]
        asked = f"{kind}/{name}" if namespace is None else f"{kind}/{namespace}/{name}"
        raise ValueError(
            f"there is no {asked}{near(f'{kind}/{name}', known)}. There are {listed(known)}."
        )
    return found


def _is(place: Key, kind: str, namespace: str | None, name: str) -> bool:
    return (place[0], place[2]) == (kind, name) and namespace in {None, place[1]}


def _step(name: str, manifest: Manifest) -> Step:
    steps = _steps(manifest)
    step = Step.named(name)
    if step is None or step not in steps:
        legal = f"but {listed([str(each) for each in steps])}" if steps else "nor any other"
        kind, _, parent = key(manifest)
        raise ValueError(f"{kind} {parent} has no step {name or 'without a name'}, {legal}.")
    return step


def _steps(manifest: Manifest) -> list[Step]:
    """Return an object's steps: what is from git is built, and a training trains.

    A Dataset is always loaded, and a Model where it is from an address.
    """
    spec = manifest["spec"]
    training = spec.get("training") or {}
    source = spec.get("source") or {}
    without = set() if "git" in source else {Step.BUILD}
    without |= {Step.LOAD} if manifest["kind"] == "Model" and "url" not in source else set()
    without |= set() if "git" in (training.get("source") or {}) else {Step.TRAINER}
    without |= set() if training else {Step.TRAIN, Step.PACKAGE}
    return [each for each in Step.of_kind(manifest["kind"]) if each not in without]


def _outcome(reason: str) -> Outcome:
    code = _EXIT.fullmatch(reason)
    if code and 0 < int(code[1]) <= _LARGEST:
        return ExitCode(int(code[1]))
    outcome = OUTCOMES.get(reason)
    if outcome is None:
        raise ValueError(
            f"{reason or 'nothing'} is not a reason{near(reason, OUTCOMES)}. There are "
            f"{', '.join(OUTCOMES)}, and exit1 to exit{_LARGEST}."
        )
    return outcome
