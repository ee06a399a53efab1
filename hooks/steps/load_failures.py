"""Why our loader failed: a reason of its own for each exit code, and the way out."""

from typing import NamedTuple

from hooks import names
from hooks.conditions import Violation
from hooks.manifest import CLAIM, Manifest, kind_key
from hooks.observe import loader
from hooks.reasons import Reason
from hooks.settings import Settings

_RETRY = f"set the annotation {names.RETRY} to a new value"


class LoadFailure(NamedTuple):
    """Why a load failed, in the loader's own sentence, and what a person does about it."""

    reason: Reason
    message: str


_WAYS_OUT = {
    64: (Reason.SOURCE_INVALID, "Correct spec.source."),
    65: (
        Reason.CHECKSUM_MISMATCH,
        f"Find out which is right, checksum or file; then correct spec.source, or {_RETRY}.",
    ),
    66: (
        Reason.SOURCE_NOT_FOUND,
        f"Correct spec.source; once it is there as it is written, {_RETRY}.",
    ),
    73: (Reason.NO_SPACE, f"Give the storage more room; then {_RETRY}."),
    75: (Reason.SOURCE_UNAVAILABLE, f"Once the server answers, {_RETRY}."),
    76: (
        Reason.SOURCE_CHANGED,
        f"Name a revision or a checksum in spec.source.url, or {_RETRY}.",
    ),
    77: (
        Reason.NO_ACCESS,
        f"Give credentials in spec.env, or correct the Secret that has them and {_RETRY}.",
    ),
    78: (
        Reason.SOURCE_NOT_ALLOWED,
        f"Choose another, or ask the administrator to list it (sources.allowed) and {_RETRY}.",
    ),
}


def not_allowed(url: str, settings: Settings) -> Violation | None:
    """Return that the settings do not allow an address."""
    if settings.sources.allow(url):
        return None
    listed = ", ".join(settings.sources.allowed) or "nothing"
    return Violation(
        Reason.SOURCE_NOT_ALLOWED,
        f"spec.source.url begins with nothing that the settings allow (sources.allowed): {listed}. "
        "Choose another address, or ask the administrator to list it.",
    )


def explained(job: Manifest, pod: Manifest | None, beside: list[Manifest]) -> LoadFailure | None:
    """Return why a Job of our loader failed; None for another Job, or an end of another kind.

    Args:
        job: the Job.
        pod: its newest Pod that failed, if it is still there.
        beside: what the Job had beside itself, such as a claim.
    """
    end = loader.ended(pod) if loader.is_ours(job) else None
    found = _WAYS_OUT.get(end[0]) if end else None
    if end is None or found is None:
        return None
    reason, way_out = found
    claim = next((each["metadata"]["name"] for each in beside if kind_key(each) == CLAIM), None)
    if reason is Reason.NO_SPACE and claim:
        way_out = (
            f"Make claim {claim} larger: 'kubectl patch pvc {claim}' with a larger "
            f"spec.resources.requests.storage; then {_RETRY}."
        )
    said = end[1] or f"The loader ended with exit code {end[0]}."
    return LoadFailure(reason, f"{said} {way_out}")
