"""`substratus check`: what a cluster would refuse, and what will not work there."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hooks.api import API_VERSION
from hooks.reasons import Reason
from hooks.settings import Settings
from substratus.commands.check.prerequisites import Prerequisite, prerequisites
from substratus.documents import Document
from substratus.files import verdicts
from substratus.objects import Key, Manifest, key, named, placed
from substratus.references import circles, undefined
from substratus.refusals import is_meant
from substratus.rendering import Rendering, render
from substratus.wording.values import near

_WAITS = {Reason.MODEL_NOT_READY, Reason.DATASET_NOT_READY, Reason.SOURCE_MODEL_NOT_READY}
"""Reasons of what waits for another object, which has a problem of its own."""

Legal = Mapping[Key, tuple[Document, Manifest]]


class Verdict(StrEnum):
    """What becomes of an object that has a problem."""

    REFUSED = "refused"
    WAITS = "waits"
    FAILS = "fails"


@dataclass(frozen=True)
class Problem:
    """What is wrong with an object: its file and line, its name, and a sentence."""

    source: str
    object: str
    verdict: Verdict
    message: str

    def __str__(self) -> str:
        return f"{self.source}: {self.object}: {self.message}"


@dataclass(frozen=True)
class Checked:
    """What came of a check: the problems, how many objects there are, and what they need."""

    problems: list[Problem]
    count: int
    prerequisites: list[Prerequisite]


def check(
    documents: Sequence[Document],
    settings: Settings,
    *,
    namespace: str,
    there: Sequence[Manifest] = (),
) -> Checked:
    """Return what is wrong with the objects of the four kinds, and what they need.

    Args:
        documents: what files hold; objects of other groups are left out.
        settings: what the cluster offers.
        namespace: for objects that name none.
        there: objects that a cluster has already, and that may be named.
    """
    legal, mistakes = verdicts(documents, namespace=namespace)
    problems = [
        Problem(each.place, each.object, Verdict.REFUSED, each.message) for each in mistakes
    ]
    known = [*(manifest for _, manifest in legal.values()), *_others(there, legal)]
    problems += _unnamed(legal, known, _refused(documents, namespace))
    substitutes = {to: _substitute(to) for _, to in undefined(known)}
    rendering = render([*known, *substitutes.values()], settings)
    problems += _failing(legal, known, rendering)
    children = [each for each in rendering.children if each.parent in legal]
    count = sum(is_meant(each.manifest) for each in documents)
    return Checked(problems, count, prerequisites(children))


def places_of(documents: Iterable[Document], namespace: str) -> dict[Key, str]:
    """Return the file and line of each object that an API server would take."""
    legal, _ = verdicts(documents, namespace=namespace)
    return {place: document.place() for place, (document, _) in legal.items()}


def _refused(documents: Iterable[Document], namespace: str) -> set[Key]:
    """Return the objects whose names are read, so that nobody waits for one that is refused."""
    given = [placed(each.manifest, namespace) for each in documents if is_meant(each.manifest)]
    parts = [(each.get("kind"), each.get("metadata")) for each in given]
    return {
        (str(kind), str(metadata.get("namespace")), str(metadata.get("name")))
        for kind, metadata in parts
        if isinstance(metadata, dict)
    }


def _place(manifest: Manifest, legal: Legal) -> str:
    return legal[key(manifest)][0].place()


def _others(there: Iterable[Manifest], legal: Legal) -> list[Manifest]:
    return [each for each in there if key(each) not in legal]


def _unnamed(legal: Legal, known: list[Manifest], refused: Collection[Key]) -> Iterator[Problem]:
    for each, to in undefined(known):
        if key(each) in legal and to not in refused:
            yield Problem(_place(each, legal), named(each), Verdict.WAITS, _missing(to, known))
    for circle in circles(known):
        if circle[0] in legal:
            around = " → ".join(f"{kind} {name}" for kind, _, name in [*circle, circle[0]])
            each = legal[circle[0]][1]
            yield Problem(
                _place(each, legal), named(each), Verdict.WAITS, f"waits for itself: {around}"
            )


def _missing(to: Key, known: list[Manifest]) -> str:
    kind, namespace, name = to
    names = [key(each) for each in known if each["kind"] == kind]
    elsewhere = [each[1] for each in names if each[2] == name]
    meant = near(name, [each[2] for each in names if each[1] == namespace])
    said = f"names {kind} {namespace}/{name}{meant}, which is in no file and so is waited for. "
    if elsewhere:
        return f"{said}There is one in namespace {elsewhere[0]}, but only its own namespace counts"
    return f"{said}Add it, or look in your cluster too with --from-cluster"


def _failing(legal: Legal, known: list[Manifest], rendering: Rendering) -> Iterator[Problem]:
    """Yield what the hooks themselves say of objects where all that they name is there and ready.

    A name that nobody has is given to a substitute, so that what is wrong behind it is seen too.
    """
    served = {
        key(each) for each, to in undefined(known) if each["kind"] in {"ModelServer", "Notebook"}
    }
    in_circles = {each for circle in circles(known) for each in circle}
    for parent, condition in rendering.incomplete:
        place, reason = key(parent), condition.get("reason")
        if place in legal and place not in served | in_circles and reason not in _WAITS:
            said = f"{reason}: {condition.get('message', 'it never becomes ready')}"
            yield Problem(_place(parent, legal), named(parent), Verdict.FAILS, said)


def _substitute(to: Key) -> Manifest:
    kind, namespace, name = to
    git = {"git": {"url": "https://example.com/substitute"}}
    spec = {"source": git, **({"filename": "substitute"} if kind == "Dataset" else {})}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}
