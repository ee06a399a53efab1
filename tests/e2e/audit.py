"""The API server's audit log: who wrote what."""

import json
from pathlib import Path


class AuditLog:
    """Counts writes. The API server writes an event before it answers the request."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def mark(self) -> int:
        """Return a place in the log, from which later writes can be asked for."""
        return self.path.stat().st_size

    def writes(self, since: int = 0, *, user: str = "metacontroller", **where: str) -> list[dict]:
        """Return a user's writes after a mark, refused ones too.

        `where` may hold `verb`, and what an event's `objectRef` holds: `resource`, `namespace`…
        """
        with self.path.open("rb") as log:
            log.seek(since)
            # The last line may still be being written.
            events = [json.loads(line) for line in log if line.endswith(b"\n")]
        return [
            each
            for each in events
            if each["user"]["username"] == user
            and where.items() <= {"verb": each["verb"], **each.get("objectRef", {})}.items()
        ]

    def created(self, since: int = 0, *, user: str = "metacontroller", **where: str) -> list[str]:
        """Return the names of what a user created, each as often as it was."""
        return [
            each["objectRef"]["name"]
            for each in self.writes(since, user=user, verb="create", **where)
            if each["responseStatus"]["code"] == 201
        ]


def as_text(event: dict) -> str:
    """Return a write in a few words, for a test that fails."""
    return f"{event['verb']} {event['requestURI']}: {event['responseStatus'].get('code')}"
