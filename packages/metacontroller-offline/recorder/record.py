"""Records what a real API server answers to the cases of tests/api_server.

Usage: `python record.py SERVER TOKEN`. The API server has no admission plugin ServiceAccount, and
needs no other program beside etcd: nothing is deleted but what is made here.
"""

import json
import re
import sys
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent.parent / "tests/api_server"))

from cases import BASES, RECORDED, changes, comparable, creations, digest, title
from metacontroller_offline.kinds import Kinds
from metacontroller_offline.objects import Json, Manifest


_UID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Server:
    """A real API server."""

    def __init__(self, address: str, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=address, headers=headers, verify=False)
        self._kinds = Kinds()

    def send(self, method: str, manifest: Manifest, *, dry: bool = True) -> Manifest:
        """Create, replace or delete an object; return it, or the Status that refuses it."""
        kind = self._kinds.of(manifest["apiVersion"], manifest["kind"])
        root = "/api" if kind.api_version == "v1" else "/apis"
        place = f"/namespaces/{manifest['metadata']['namespace']}" if kind.namespaced else ""
        name = "" if method == "POST" else f"/{manifest['metadata']['name']}"
        answer = self._client.request(
            method,
            f"{root}/{kind.api_version}{place}/{kind.resource}{name}",
            params={"dryRun": "All"} if dry else {},
            json=None if method == "DELETE" else manifest,
        )
        found: Manifest = answer.json()
        return found


def verdict(answer: Manifest) -> Json:
    """Return what is kept of an answer: a digest, or the code and the sentence of a refusal."""
    if answer["kind"] == "Status":
        return [answer["code"], _UID.sub("UID", answer["message"])[:120]]
    return digest(answer)


def recorded(server: Server, base: Manifest) -> Json:
    """Return the answers to all cases of a base."""
    created = {name: verdict(server.send("POST", each)) for name, each in creations(base)}
    stored = server.send("POST", base, dry=False)
    changed = {name: verdict(server.send("PUT", each)) for name, each in changes(stored)}
    server.send("DELETE", base, dry=False)
    return {"stored": comparable(stored), "created": created, "changed": changed}


def main() -> None:
    """Write the file."""
    server = Server(*sys.argv[1:])
    found = {title(base): recorded(server, base) for base in BASES}
    RECORDED.write_text(json.dumps(found, indent=0, sort_keys=True) + "\n")


main()
