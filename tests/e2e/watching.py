"""What happened to a cluster's objects, as the API server reported it."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

GROUPS = {
    "jobs": "apis/batch/v1",
    "statefulsets": "apis/apps/v1",
    "customresourcedefinitions": "apis/apiextensions.k8s.io/v1",
    **dict.fromkeys(("datasets", "models", "modelservers", "notebooks"), "apis/substratus.ai/v1"),
}
FOLLOWED = (
    "jobs",
    "statefulsets",
    "services",
    "persistentvolumeclaims",
    "configmaps",
    "pods",
    "nodes",
    "serviceaccounts",
)
"""What is followed on every cluster; the project's own kinds once there are CRDs."""


def path(resource: str) -> str:
    """Return where the API server has all objects of a resource."""
    return f"/{GROUPS.get(resource, 'api/v1')}/{resource}"


@dataclass(frozen=True)
class Change:
    """A change of an object.

    `time` is `time.monotonic()` when it was reported, `type` the API's: ADDED, MODIFIED or DELETED.
    """

    time: float
    type: str
    resource: str
    object: dict

    @property
    def key(self) -> tuple[str, str]:
        return self.object["metadata"].get("namespace", ""), self.object["metadata"]["name"]


class Watch:
    """Follows resources of all namespaces, and keeps each change; `wait` returns at the next.

    After a broken connection everything is listed again: what was made and is gone again meanwhile
    is not known.
    """

    def __init__(self, connect: Callable[[], httpx.Client]) -> None:
        self.changes: list[Change] = []
        self._connect = connect
        self._known: dict[str, str] = {}
        self._news = threading.Condition()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def follow(self, resource: str, then: Callable[[dict], None] | None = None) -> None:
        """Follow a resource; `then` is called with each object that is added or modified."""
        thread = threading.Thread(
            target=self._follow, args=(resource, then), name=f"watch {resource}", daemon=True
        )
        self._threads.append(thread)
        thread.start()

    def wait(self, since: int, seconds: float) -> None:
        """Return when there are more than `since` changes, or after so many seconds."""
        with self._news:
            self._news.wait_for(lambda: len(self.changes) > since, seconds)

    def of(self, resource: str, namespace: str, since: int = 0) -> list[Change]:
        """Return the changes of a resource in a namespace, after the first `since` of all."""
        return [
            each
            for each in self.changes[since:]
            if each.resource == resource and each.key[0] == namespace
        ]

    def stopping(self) -> None:
        """Connect no more: the API server is about to go."""
        self._stopping.set()

    def join(self) -> None:
        """Wait for the end of all connections, which the API server has ended."""
        for thread in self._threads:
            thread.join()

    def _follow(self, resource: str, then: Callable[[dict], None] | None) -> None:
        while not self._stopping.is_set():
            try:
                with self._connect() as client:
                    version = self._list(client, resource, then)
                    self._listen(client, resource, version, then)
            except httpx.HTTPError:
                self._stopping.wait(0.2)

    def _list(
        self, client: httpx.Client, resource: str, then: Callable[[dict], None] | None
    ) -> str:
        response = client.get(path(resource)).raise_for_status().json()
        for each in response["items"]:
            uid, version = each["metadata"]["uid"], each["metadata"]["resourceVersion"]
            if self._known.get(uid) != version:
                self._keep("MODIFIED" if uid in self._known else "ADDED", resource, each, then)
        return response["metadata"]["resourceVersion"]

    def _listen(
        self,
        client: httpx.Client,
        resource: str,
        version: str,
        then: Callable[[dict], None] | None,
    ) -> None:
        parameters = {"watch": "1", "resourceVersion": version}
        timeout = httpx.Timeout(10, read=None)
        with client.stream("GET", path(resource), params=parameters, timeout=timeout) as stream:
            stream.raise_for_status()
            for line in stream.iter_lines():
                event = json.loads(line)
                if event["type"] == "ERROR":  # the version is too old: list again
                    return
                self._keep(event["type"], resource, event["object"], then)

    def _keep(
        self, kind: str, resource: str, found: dict, then: Callable[[dict], None] | None
    ) -> None:
        found["metadata"].pop("managedFields", None)
        self._known[found["metadata"]["uid"]] = found["metadata"]["resourceVersion"]
        if then and kind != "DELETED":
            then(found)
        with self._news:
            self.changes.append(Change(time.monotonic(), kind, resource, found))
            self._news.notify_all()
