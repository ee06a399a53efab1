"""TLS of the hooks' port: the server's certificate, and the authority of clients' where asked for.

The files may change while the server runs, as the kubelet changes those of a Secret: a new
connection gets what they hold then.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Stamp = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class TlsFiles:
    """Where the server's certificate and key are, and the authority of clients' certificates."""

    certificate: Path
    key: Path
    client_ca: Path | None = None

    def context(self, make: type[ssl.SSLContext] = ssl.SSLContext) -> ssl.SSLContext:
        """Return what the files hold now, in a context of this class.

        Raises:
            OSError: a file is missing, or is not what it should be.
        """
        context = make(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate, self.key)
        if self.client_ca:
            context.load_verify_locations(self.client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def stamp(self) -> Stamp:
        """Return what differs when a file has changed."""
        files = filter(None, (self.certificate, self.key, self.client_ca))
        stats = [each.stat() for each in files]
        return tuple((each.st_mtime_ns, each.st_ino) for each in stats)


class Tls:
    """The context for new connections.

    Args:
        files: where it is read from.
        make: the context's class.
        failed: is called with the error where files that changed cannot be read; what they held
            before remains.
    """

    def __init__(
        self, files: TlsFiles, make: type[ssl.SSLContext], failed: Callable[[Exception], None]
    ) -> None:
        self._files = files
        self._make = make
        self._failed = failed
        self._stamp = files.stamp()
        self.context = files.context(make)

    def refresh(self) -> bool:
        """Read the files again where they changed; return whether that made another context."""
        try:
            stamp = self._files.stamp()
            if stamp == self._stamp:
                return False
            self._stamp = stamp
            self.context = self._files.context(self._make)
        except OSError as error:
            self._failed(error)
            return False
        return True
