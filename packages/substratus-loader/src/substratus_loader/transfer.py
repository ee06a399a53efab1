"""One file, from its source to its place."""

import threading

from substratus_loader.destination import Destination, Writing, kept
from substratus_loader.failures import Code, FailureError, InterruptedLoadError, Stopped
from substratus_loader.progress import Progress, amount
from substratus_loader.remote import RemoteFile
from substratus_loader.retrying import PROGRESS, Retries

_WORTH_SAYING = 100_000_000


def load_file(
    file: RemoteFile,
    destination: Destination,
    *,
    retries: Retries,
    progress: Progress,
) -> str:
    """Load a file, from where an earlier load stopped, and return its sha256.

    Raises:
        FailureError: it cannot be had whole; what is there of it is kept, unless it is wrong.
        Stopped: another file has failed meanwhile.
    """
    already = destination.bytes_there(file)
    if already > _WORTH_SAYING:
        retries.say(f"{retries.where}: {amount(already)} are there, and are read to be verified")
    there = kept(file, destination)
    if there is not None:
        progress.skip(file.size or 0)
        progress.file_done()
        return there
    writing = Writing(file, destination)
    try:
        progress.skip(writing.offset)
        _fill(writing, retries, progress)
        if writing.resumed and writing.mismatch() is not None:
            # What was there may be what is wrong, so it is loaded once more from its beginning.
            retries.say(f"{retries.where} {writing.mismatch()}; loaded again from its beginning")
            _restart(writing, progress)
            _fill(writing, retries, progress)
        difference = writing.mismatch()
        if difference is not None:
            writing.discard()
            raise FailureError(
                Code.WRONG_CHECKSUM,
                f"{retries.where} {difference}. It is removed; look at the source.",
            )
        sha256 = writing.commit()
    finally:
        writing.close()
    progress.file_done()
    return sha256


def _fill(writing: Writing, retries: Retries, progress: Progress) -> None:
    while writing.offset != writing.file.size:
        before = writing.offset
        try:
            _receive(writing, retries.stop, progress)
        except InterruptedLoadError as interruption:
            if writing.offset - before >= PROGRESS:
                retries.progressed()
            retries.wait(interruption)
            if not writing.file.resumes:
                _restart(writing, progress)
        else:
            return


def _receive(writing: Writing, stop: threading.Event, progress: Progress) -> None:
    size = writing.file.size
    with writing.file.fetch(writing.offset) as stream:
        if stream.offset != writing.offset:
            _restart(writing, progress)
        for chunk in stream.chunks:
            if stop.is_set():
                raise Stopped
            if size is not None and writing.offset + len(chunk) > size:
                writing.discard()
                raise FailureError(
                    Code.WRONG_CHECKSUM,
                    f"{writing.file.path} has more than the {size} bytes that are right."
                    " It is removed; look at the source.",
                )
            writing.write(chunk)
            progress.add(len(chunk))
    if size is not None and writing.offset < size:
        raise InterruptedLoadError(f"ended after {writing.offset} of {size} bytes")


def _restart(writing: Writing, progress: Progress) -> None:
    progress.add(-writing.offset)
    writing.restart()
