"""The HTTP proxy through which Pods reach what is outside the cluster."""

from pydantic import Field

from hooks.manifest import Manifest
from hooks.platform.section import Section

_URL = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?$"


class Proxy(Section):
    """The proxy that clones, builds and loaders go through; none where it is empty."""

    http: str | None = Field(
        default=None,
        pattern=_URL,
        description="For `http://`, such as `http://proxy.example.com:3128`; no password in it: "
        "anyone who may read Pods could read it.",
    )
    https: str | None = Field(default=None, pattern=_URL, description="For `https://`.")
    no_proxy: tuple[str, ...] = Field(
        default=(),
        description="Hosts, domains and networks that are reached directly: the cluster's own "
        "(`.svc`, `10.0.0.0/8`), and the registry if it is inside.",
    )

    def values(self) -> dict[str, str]:
        """Return the variables by name, in upper case and in lower: programs read either."""
        upper = {
            "HTTP_PROXY": self.http,
            "HTTPS_PROXY": self.https,
            "NO_PROXY": ",".join(self.no_proxy) if self.http or self.https else None,
        }
        given = {name: value for name, value in upper.items() if value}
        return {**given, **{name.lower(): value for name, value in given.items()}}

    def environment(self) -> list[Manifest]:
        """Return them as a container's `env`."""
        return [{"name": name, "value": value} for name, value in self.values().items()]
