"""A run: something that a Job computes once."""

from dataclasses import dataclass
from typing import Protocol

from hooks import names
from hooks.manifest import Manifest
from hooks.names import Owner
from hooks.step import Step


class JobOptions(Protocol):
    """What an object asks of its Jobs; the specs of Dataset and Model have these fields."""

    @property
    def deadline_seconds(self) -> int | None:
        """Seconds that a Job may take."""

    @property
    def retries(self) -> int | None:
        """How often its Pod is started again."""

    @property
    def queue(self) -> str | None:
        """The queue of Kueue that it waits in."""


@dataclass(frozen=True)
class Run:
    """Something to compute once.

    Attributes:
        owner: the object that it is computed for.
        step: the step that computes it.
        id: the hash of what decides the result.
        result: where the result will be: an image or an address.
        retry: the value of the owner's retry annotation.
        options: what the owner asks of its Job.
    """

    owner: Owner
    step: Step
    id: str
    result: str
    retry: str | None
    options: JobOptions

    @property
    def attempt(self) -> str:
        """The mark of the retry annotation's value; empty where there is none."""
        return names.attempt(self.retry)

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the Job that would be started now, and of its Pods."""
        attempt = self.attempt
        return {
            **self.owner.labels,
            names.STEP: self.step.label,
            names.RUN: self.id,
            **({names.ATTEMPT: attempt} if attempt else {}),
        }

    def metadata(self) -> Manifest:
        """Return the metadata of the Job that would be started now.

        Its labels say which run it computes. Its annotation says where the result will be: the
        settings may change while it runs.
        """
        queue = self.options.queue
        return {
            "name": names.job(self.owner, self.step, run=self.id, attempt=self.attempt),
            "namespace": self.owner.namespace,
            "labels": {**self.labels, **({names.QUEUE: queue} if queue else {})},
            "annotations": {names.RESULT: self.result},
        }
