"""`substratus check`: what a cluster would refuse, and what will not work there."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hooks.api import API_VERSION
from hooks.reasons import Reason
from hooks.settings import Settings
from substratus.files import Key, key, named
from substratus.references import circles, undefined
from substratus.refusals import is_of_the_group, refusals
from substratus.rendering import render

Manifest = dict[str, Any]
Sourced = tuple[str, Manifest]
"""An object, and the file that it stands in."""

_WAITS = {Reason.MODEL_NOT_READY, Reason.DATASET_NOT_READY, Reason.SOURCE_MODEL_NOT_READY}
"""Reasons of what waits for another object, which is told of itself."""


class Verdict(StrEnum):
    """What becomes of an object that has a problem."""

    REFUSED = "refused"
    WAITS = "waits"
    FAILS = "fails"


@dataclass(frozen=True)
class Problem:
    """What is wrong with an object: where it stands, its name, and a sentence."""

    source: str
    object: str
    verdict: Verdict
    message: str

    def __str__(self) -> str:
        return f"{self.source}: {self.object}: {self.message}"


def check(
    documents: Iterable[Sourced], settings: Settings, *, there: Sequence[Manifest] = ()
) -> tuple[list[Problem], int]:
    """Return what is wrong with the objects of the four kinds, and how many there are.

    Args:
        documents: objects, of which those of other groups are left out; with namespaces.
        settings: what the cluster offers.
        there: objects that a cluster has already, and that may be named.
    """
    given = [each for each in documents if is_of_the_group(each[1])]
    problems: list[Problem] = []
    legal: dict[Key, Sourced] = {}
    for source, document in given:
        found = refusals(document)
        if not found and key(document) in legal:
            found = [f"stands in {legal[key(document)][0]} too; the last one would win"]
        problems += [Problem(source, _called(document), Verdict.REFUSED, each) for each in found]
        if not found:
            legal[key(document)] = (source, document)
    known = [*(each for _, each in legal.values()), *_others(there, legal)]
    problems += [*_unnamed(legal, known), *_failing(legal, known, settings)]
    return problems, len(given)


def _called(document: Manifest) -> str:
    metadata = document.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return f"{document.get('kind')} {name or 'without a name'}"


def _others(there: Iterable[Manifest], legal: dict[Key, Sourced]) -> list[Manifest]:
    return [each for each in there if key(each) not in legal]


def _unnamed(legal: dict[Key, Sourced], known: list[Manifest]) -> Iterator[Problem]:
    for each, (kind, namespace, name) in undefined(known):
        if key(each) in legal:
            yield Problem(
                legal[key(each)][0],
                named(each),
                Verdict.WAITS,
                f"names {kind} {namespace}/{name}, which stands in no file and so is waited for. "
                "Add it, or look in your cluster too with --from-cluster",
            )
    for circle in circles(known):
        if circle[0] in legal:
            around = " → ".join(f"{kind} {name}" for kind, _, name in [*circle, circle[0]])
            source, each = legal[circle[0]]
            yield Problem(source, named(each), Verdict.WAITS, f"waits for itself: {around}")


def _failing(
    legal: dict[Key, Sourced], known: list[Manifest], settings: Settings
) -> Iterator[Problem]:
    """Yield what the hooks themselves say of objects where all that they name is there and ready.

    A name that nobody has is given to a stand-in, so that what is wrong behind it is seen too.
    """
    stand_ins = {to: _stand_in(to) for _, to in undefined(known)}
    served = {
        key(each) for each, to in undefined(known) if each["kind"] in {"ModelServer", "Notebook"}
    }
    in_circles = {each for circle in circles(known) for each in circle}
    rendering = render([*known, *stand_ins.values()], settings)
    for found, condition in rendering.incomplete:
        place, reason = key(found), condition.get("reason")
        if place in legal and place not in served | in_circles and reason not in _WAITS:
            message = str(condition.get("message", "it never becomes ready"))
            yield Problem(legal[place][0], named(found), Verdict.FAILS, f"{reason}: {message}")


def _stand_in(to: Key) -> Manifest:
    kind, namespace, name = to
    git = {"git": {"url": "https://example.com/stand-in"}}
    spec = {"source": git, **({"filename": "stand-in"} if kind == "Dataset" else {})}
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}
