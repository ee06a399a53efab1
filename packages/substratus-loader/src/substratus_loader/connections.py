"""The HTTP client of all that is loaded by HTTP, the Hub's client included."""

import contextlib
from dataclasses import dataclass
from urllib.request import getproxies_environment, proxy_bypass

import httpcore2
import httpx2

from substratus_loader.addresses import CheckedBackend, checked
from substratus_loader.allowed import Allowed
from substratus_loader.failures import Code, FailureError, InterruptedLoadError

_AGAIN = {408, 425, 429}


@dataclass(frozen=True)
class Patience:
    """How long a server that does not answer is waited for, and how often it is asked again.

    `attempts` are those that bring nothing new, one after the other; waits double from
    `first_wait_seconds` to `longest_wait_seconds`.
    """

    stall_seconds: float = 60
    attempts: int = 8
    first_wait_seconds: float = 1
    longest_wait_seconds: float = 30


class _DirectTransport(httpx2.HTTPTransport):
    def __init__(self, allowed: Allowed) -> None:
        super().__init__()
        # httpx2 has no parameter for this one; a test connects through it and is refused.
        self._pool = httpcore2.ConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            max_connections=32,
            network_backend=CheckedBackend(allowed),
        )


class _CheckedTransport(httpx2.BaseTransport):
    """Connects to what is allowed, through the proxy that the environment has for it, if any."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed
        self._direct = _DirectTransport(allowed)
        self._proxied = {
            scheme: httpx2.HTTPTransport(proxy=proxy)
            for scheme, proxy in getproxies_environment().items()
            if scheme in {"http", "https"}
        }

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        port = url.port or (80 if url.scheme == "http" else 443)
        if url.scheme != "https" and not self._allowed.names(url.host, port):
            raise FailureError(
                Code.REFUSED,
                f"{url.scheme}://{url.host} is not encrypted, and what comes from there may be"
                " anybody's. Use https://, or have the host in the settings' sources.allowed.",
            )
        proxied = self._proxied.get(url.scheme)
        if proxied is None or proxy_bypass(f"{url.host}:{port}"):
            return self._direct.handle_request(request)
        # The proxy resolves the name again; what does not resolve here is left to it.
        with contextlib.suppress(httpcore2.ConnectError):
            checked(url.host, port, self._allowed)
        return proxied.handle_request(request)

    def close(self) -> None:
        for transport in (self._direct, *self._proxied.values()):
            transport.close()


def make_client(allowed: Allowed, patience: Patience) -> httpx2.Client:
    """Return a client that follows redirects, and connects to no address that is refused."""
    return httpx2.Client(
        transport=_CheckedTransport(allowed),
        follow_redirects=True,
        max_redirects=10,
        trust_env=False,  # proxies are above, and a .netrc is not a source of credentials
        timeout=httpx2.Timeout(patience.stall_seconds),
        # Sizes and checksums are of the bytes as they are stored.
        headers={"accept-encoding": "identity", "user-agent": "substratus-loader"},
    )


def interruption(response: httpx2.Response) -> InterruptedLoadError | None:
    """Return the interruption that an answer is, where the same request may do better later."""
    if not response.is_server_error and response.status_code not in _AGAIN:
        return None
    asked = response.headers.get("retry-after", "")
    return InterruptedLoadError(
        f"answered {response.status_code}",
        retry_after=float(asked) if asked.isdigit() else None,
    )


def broken(error: httpx2.HTTPError) -> InterruptedLoadError:
    """Return the interruption that a broken connection is, without what libraries say of it."""
    if isinstance(error, httpx2.ConnectTimeout | httpx2.ConnectError):
        said = str(error)
        if "CERTIFICATE_VERIFY_FAILED" in said:
            return InterruptedLoadError("has a certificate that is not trusted")
        return InterruptedLoadError(
            "does not resolve" if "resolve" in said else "cannot be connected to"
        )
    if isinstance(error, httpx2.TimeoutException):
        return InterruptedLoadError("sent nothing for too long")
    if isinstance(error, httpx2.TooManyRedirects):
        return InterruptedLoadError("redirects in a circle")
    return InterruptedLoadError("broke the connection off")
