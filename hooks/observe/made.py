"""What the Pod of a complete build says that it made, in its containers' termination messages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hooks import names
from hooks.manifest import JOB, Manifest
from hooks.observe.jobs import is_complete
from hooks.observe.request import Observed, labels
from hooks.step import Step

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True)
class Made:
    """What a build says of itself; each is None where nothing says it any more.

    Attributes:
        digest: that of the image, as the builder pushed it.
        commit: the commit that was fetched.
    """

    digest: str | None = None
    commit: str | None = None

    def reference(self, image: str) -> str:
        """Return an image with its digest behind, as far as it is known."""
        return image if "@" in image or self.digest is None else f"{image}@{self.digest}"


def made(run: str, step: Step, observed: Observed) -> Made:
    """Return what a complete build says that it made.

    Args:
        run: the id of its run.
        step: the step that builds.
        observed: the call, with the Pods of the parent's Jobs.
    """
    said = dict(pair for pod in _pods(run, step, observed) for pair in _said(pod))
    return Made(
        digest=_read(_DIGEST, said.get(step.container)), commit=_read(_COMMIT, said.get("clone"))
    )


def _pods(run: str, step: Step, observed: Observed) -> list[Manifest]:
    return [
        pod
        for job in observed.living(JOB)
        if labels(job).get(names.RUN) == run and labels(job).get(names.STEP) == step
        if is_complete(job)
        for pod in observed.pods(job)
        if (pod.get("status") or {}).get("phase") == "Succeeded"
    ]


def _said(pod: Manifest) -> Iterator[tuple[str, str]]:
    status = pod["status"]
    for key in ("initContainerStatuses", "containerStatuses"):
        for container in status.get(key) or []:
            ended = (container.get("state") or {}).get("terminated") or {}
            yield container["name"], str(ended.get("message") or "").strip()


def _read(form: re.Pattern[str], text: str | None) -> str | None:
    """Return a text of this form; what else a container says there is not for a status."""
    return text if text and form.fullmatch(text) else None
