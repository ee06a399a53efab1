"""What Metacontroller sends with its requests so that hooks know it: bearer tokens, passwords."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from metacontroller_offline.errors import HookError, UnsupportedError
from metacontroller_offline.objects import Manifest, Ref
from metacontroller_offline.store import Cluster

_FIELDS = ("caBundle", "clientTLS", "authorization", "basicAuth")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Credentials:
    """Where the credentials for one hook are; both empty: none are sent."""

    authorization: Manifest = field(default_factory=dict)
    basic: Manifest = field(default_factory=dict)

    def headers(self, cluster: Cluster) -> Mapping[str, str]:
        """Return the headers that are sent, with the Secrets as they are now.

        Raises:
            HookError: a Secret or its key does not exist.
        """
        if self.authorization:
            return {"Authorization": _bearer(cluster, self.authorization)}
        return {"Authorization": _password(cluster, self.basic)} if self.basic else {}


def read_credentials(webhook: Manifest, url: str, endpoints: list[Manifest]) -> Credentials:
    """Return the credentials of a webhook.

    Args:
        webhook: its manifest; if it has one of the fields itself, `endpoints` do not count.
        url: its address.
        endpoints: the controller's `endpointConfigs`.

    Raises:
        UnsupportedError: they contradict each other.
    """
    chosen = webhook
    if not any(webhook.get(each) for each in _FIELDS):
        chosen = next((each for each in endpoints if _is_of(each.get("host", ""), url)), {})
    authorization, basic = chosen.get("authorization") or {}, chosen.get("basicAuth") or {}
    if authorization and basic:
        raise UnsupportedError("authorization and basicAuth are mutually exclusive.")
    if str(authorization.get("type", "")).strip().lower() == "basic":
        raise UnsupportedError('authorization type "Basic" is not supported: use basicAuth.')
    return Credentials(authorization, basic)


def _is_of(host: str, url: str) -> bool:
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme)
    names = {parts.netloc, f"{parts.hostname}:{port}"}
    if port == _PORTS.get(parts.scheme):
        names.add(str(parts.hostname))
    return host.lower() in {each.lower() for each in names}


def _bearer(cluster: Cluster, given: Manifest) -> str:
    reference = given.get("secretRef") or {}
    token = _secret(cluster, "authorization", reference, reference.get("key", ""))
    return f"{str(given.get('type') or 'Bearer').strip()} {token}"


def _password(cluster: Cluster, given: Manifest) -> str:
    reference = given.get("secretRef") or {}
    name = _secret(cluster, "basicAuth", reference, given.get("usernameKey") or "username")
    word = _secret(cluster, "basicAuth", reference, given.get("passwordKey") or "password")
    return f"Basic {b64encode(f'{name}:{word}'.encode()).decode()}"


def _secret(cluster: Cluster, what: str, reference: Manifest, key: str) -> str:
    namespace, name = reference.get("namespace", ""), reference.get("name", "")
    found = cluster.read(Ref("v1", "Secret", namespace, name))
    if found is None:
        raise HookError(f"can't get {what} secret {namespace}/{name}: it does not exist")
    value = (found.get("data") or {}).get(key)
    if value is None:
        raise HookError(f'{what} secret {namespace}/{name} does not contain key "{key}"')
    return b64decode(value).decode().strip()
