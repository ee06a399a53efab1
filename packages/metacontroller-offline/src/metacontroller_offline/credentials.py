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
    """Where the credentials for one hook are; what is empty is not used."""

    authorization: Manifest = field(default_factory=dict)
    basic: Manifest = field(default_factory=dict)
    authority: Manifest = field(default_factory=dict)
    client: Manifest = field(default_factory=dict)

    def headers(self, cluster: Cluster) -> Mapping[str, str]:
        """Return the headers that are sent, with the Secrets as they are now.

        Of certificates only their being there is checked.

        Raises:
            HookError: a Secret, a ConfigMap or its key does not exist.
        """
        _expect_certificates(cluster, self.authority, self.client)
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
    authority, client = chosen.get("caBundle") or {}, chosen.get("clientTLS") or {}
    if "caBundle" in chosen and len(authority) != 1:
        raise UnsupportedError("caBundle needs one of inline, secretRef and configMapRef.")
    return Credentials(authorization, basic, authority, client)


def _expect_certificates(cluster: Cluster, authority: Manifest, client: Manifest) -> None:
    if reference := authority.get("secretRef"):
        _value(cluster, "Secret", "caBundle", reference, reference.get("key") or "ca.crt")
    if reference := authority.get("configMapRef"):
        _value(cluster, "ConfigMap", "caBundle", reference, reference.get("key") or "ca.crt")
    if reference := client.get("secretRef"):
        for key in (client.get("certKey") or "tls.crt", client.get("privateKeyKey") or "tls.key"):
            _value(cluster, "Secret", "clientTLS", reference, key)


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
    return b64decode(_value(cluster, "Secret", what, reference, key)).decode().strip()


def _value(cluster: Cluster, kind: str, what: str, reference: Manifest, key: str) -> str:
    namespace, name = reference.get("namespace", ""), reference.get("name", "")
    place = f"{what} {kind.lower()} {namespace}/{name}"
    found = cluster.read(Ref("v1", kind, namespace, name))
    if found is None:
        raise HookError(f"can't get {place}: it does not exist")
    value = (found.get("data") or {}).get(key)
    if value is None:
        raise HookError(f'{place} does not contain key "{key}"')
    return str(value)
