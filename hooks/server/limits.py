"""How large a body may be: in bytes before it is read, in JSON values before it is parsed."""

from hooks.settings import Server

MIB = 1024 * 1024
LARGE = MIB
"""Bytes. Of bodies larger than this, a worker parses one at a time."""


class TooLargeError(ValueError):
    """A body over a limit; the message has the limit, and the setting that raises it."""


def check_bytes(length: int, server: Server) -> None:
    """Refuse a body of more bytes than the settings allow.

    Raises:
        TooLargeError: it has more.
    """
    if length > server.body_mib * MIB:
        raise TooLargeError(
            f"The body has {length} bytes; the limit is {server.body_mib} MiB, which the setting "
            "server.bodyMiB raises."
        )


def check_values(body: bytes, server: Server) -> None:
    """Refuse a body that may hold more JSON values than the settings allow.

    Each value but the first of its array or object follows a comma, and that one a bracket or a
    brace. Those in texts count too: only a parser knows them from others.

    Raises:
        TooLargeError: it holds more.
    """
    if len(body) <= server.body_values:
        return
    values = 1 + sum(map(body.count, (b",", b"{", b"[")))
    if values > server.body_values:
        raise TooLargeError(
            f"The body holds {values} JSON values, as counted by brackets and commas; the limit is "
            f"{server.body_values}, which the setting server.bodyValues raises."
        )
