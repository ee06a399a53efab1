"""Certificates for tests: authorities, and what they sign for 127.0.0.1, valid or no longer."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@dataclass(frozen=True)
class Signed:
    """A certificate and its key."""

    certificate: Path
    key: Path

    def put(self, directory: Path) -> Path:
        """Put both into a directory as a Secret of type kubernetes.io/tls has them."""
        directory.mkdir(exist_ok=True)
        for source, name in ((self.certificate, "tls.crt"), (self.key, "tls.key")):
            new = directory / f".{name}"
            new.write_bytes(source.read_bytes())
            new.replace(directory / name)
        return directory


class Authority:
    """An authority that signs; its own certificate is in `certificate`."""

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory / name
        self._directory.mkdir()
        self.certificate, self._key = self._directory / "ca.crt", self._directory / "ca.key"
        subject = ("-subj", f"/CN={name}", "-days", "2")
        files = ("-keyout", self._key, "-out", self.certificate)
        _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", *files, *subject)

    def sign(self, name: str, *, days: int = 2, address: str = "IP:127.0.0.1") -> Signed:
        """Return a certificate for an address; of a negative number of days it is over."""
        certificate, key, request = (
            self._directory / f"{name}.{end}" for end in ("crt", "key", "csr")
        )
        extensions = self._directory / f"{name}.ext"
        extensions.write_text(f"subjectAltName={address}\n")
        _openssl(
            *("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}"),
            *("-keyout", key, "-out", request),
        )
        _openssl(
            *("x509", "-req", "-in", request, "-out", certificate, "-days", days),
            *("-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial"),
            *("-extfile", extensions),
        )
        return Signed(certificate, key)
