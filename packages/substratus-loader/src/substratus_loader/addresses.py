"""Which addresses a load may connect to, whatever their names resolve to.

A source is anybody's text, and the loader runs inside the cluster: an address of the loopback, the
link (where clouds answer with credentials) or a private network is refused. The check is where the
connection is made, with the very address that is then connected to, so that neither a redirect nor
a name that resolves differently a second time gets around it.
"""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

import httpcore2

from substratus_loader.allowed import Allowed
from substratus_loader.failures import Code, FailureError

_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Say whether an address is one of the internet's, also where IPv6 wraps one of IPv4."""
    if isinstance(address, IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if wrapped is None and address.teredo is not None:
            wrapped = address.teredo[1]
        if wrapped is None and address in _NAT64:
            wrapped = IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(wrapped)
    return address.is_global and not address.is_multicast and not address.is_reserved


class CheckedBackend(httpcore2.SyncBackend):
    """Connects to a host by an address that was checked."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Resolve the host once, and connect to the first of its addresses that answers.

        Raises:
            FailureError: `REFUSED` where all addresses are such that are refused.
            httpcore2.ConnectError: the name does not resolve, or no address answers.
        """
        addresses = checked(host, port, self._allowed)
        for address in addresses[:-1]:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                continue
        return super().connect_tcp(addresses[-1], port, timeout, local_address, socket_options)


def checked(host: str, port: int, allowed: Allowed) -> list[str]:
    """Return those addresses of a host that may be connected to, in the resolver's order.

    Raises:
        FailureError: `REFUSED`; there is none.
        httpcore2.ConnectError: the name does not resolve.
    """
    addresses = resolve(host, port)
    if allowed.names(host, port):
        return addresses
    public = [address for address in addresses if is_public(ip_address(address))]
    if not public:
        raise refused(host, addresses[0])
    return public


def resolve(host: str, port: int) -> list[str]:
    """Return a host's addresses, in the resolver's order.

    Raises:
        httpcore2.ConnectError: there are none.
    """
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore2.ConnectError(f"{host} does not resolve") from error
    # An address of the link may name its interface: fe80::1%eth0.
    found = [str(sockaddr[0]).partition("%")[0] for *_, sockaddr in answers]
    if not found:
        raise httpcore2.ConnectError(f"{host} does not resolve")
    return list(dict.fromkeys(found))


def refused(host: str, address: str) -> FailureError:
    """Return the failure of a host whose address is refused."""
    where = host if host == address else f"{host} ({address})"
    return FailureError(
        Code.REFUSED,
        f"{where} is an address of the loopback, the link or a private network, which sources must"
        f" not reach. Whoever runs the cluster can allow it: https://{host} in the settings'"
        " sources.allowed.",
    )
