"""Models and datasets of the Hugging Face Hub, by its own client.

The client says what a repository is and has. The bytes are loaded here: the client neither verifies
checksums nor continues with what a killed process left.
"""

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

import httpx2
from huggingface_hub import HfApi, hf_hub_url, set_client_factory
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.hf_api import RepoFile
from huggingface_hub.utils._http import hf_raise_for_status  # typed only there

from substratus_loader.connections import broken, interruption
from substratus_loader.failures import Code, FailureError, InterruptedLoadError
from substratus_loader.remote import Listing, RemoteFile, Stream
from substratus_loader.retrying import Retries, patiently
from substratus_loader.sources.ranges import open_range
from substratus_loader.urls import HubUrl

ENDPOINT = "https://huggingface.co"
_PREFIX = {"model": "", "dataset": "datasets/", "space": "spaces/"}


@dataclass(frozen=True)
class Hub:
    """Where a Hub is, and who asks it."""

    client: httpx2.Client
    endpoint: str = ENDPOINT
    token: str | None = None


def list_files(url: HubUrl, hub: Hub, *, retries: Retries) -> Listing:
    """Return the files of a repository below the URL's path, at the commit that it is at now.

    Raises:
        FailureError: no such repository, revision or path; or no access to it.
    """
    set_client_factory(lambda: hub.client)
    # Its own attempts, each with an address; what a person needs is in this program's lines.
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    api = HfApi(endpoint=hub.endpoint, token=hub.token or False, library_name="substratus-loader")
    commit, found = patiently(retries, partial(_ask, api, url, hub))
    files = tuple(
        _remote(file, url, hub, commit)
        for file in found
        if not url.path or file.path == url.path or file.path.startswith(url.path + "/")
    )
    if not files:
        raise _missing_path(url)
    return Listing(files, commit)


def _ask(api: HfApi, url: HubUrl, hub: Hub) -> tuple[str, list[RepoFile]]:
    try:
        info = api.repo_info(url.repository, repo_type=url.kind, revision=url.revision)
        commit = str(info.sha)
        tree = api.list_repo_tree(
            url.repository, recursive=True, revision=commit, repo_type=url.kind
        )
        return commit, [entry for entry in tree if isinstance(entry, RepoFile)]
    except HfHubHTTPError as error:
        raise _refusal(error, url, hub) from error
    except httpx2.HTTPError as error:
        raise broken(error) from error
    except (KeyError, TypeError, ValueError) as error:
        raise FailureError(
            Code.UNAVAILABLE,
            f"{hub.endpoint} does not answer as the Hub does. Is HF_ENDPOINT right?",
        ) from error


def _remote(file: RepoFile, url: HubUrl, hub: Hub, commit: str) -> RemoteFile:
    sha256 = file.lfs.sha256.removeprefix("sha256:") if file.lfs else None
    return RemoteFile(
        path=file.path,
        size=file.lfs.size if file.lfs else file.size,
        identity=sha256 or file.blob_id,
        fetch=partial(
            _fetch,
            url,
            hub,
            hf_hub_url(
                url.repository,
                file.path,
                repo_type=url.kind,
                revision=commit,
                endpoint=hub.endpoint,
            ),
            where=f"{_shown(url)}/{file.path}",
        ),
        sha256=sha256,
        git_sha1=None if sha256 else file.blob_id,
    )


def _fetch(
    url: HubUrl, hub: Hub, address: str, offset: int, *, where: str
) -> AbstractContextManager[Stream]:
    return open_range(
        hub.client,
        address,
        offset,
        where=where,
        # The client sends this to the endpoint alone, not to where it redirects.
        headers={"authorization": f"Bearer {hub.token}"} if hub.token else {},
        validator=None,  # a commit's files do not change, and their checksums are verified
        refuse=partial(_refuse, url, hub),
    )


def _refuse(url: HubUrl, hub: Hub, response: httpx2.Response) -> None:
    if response.status_code in {200, 206}:
        return
    if response.history and response.is_client_error:
        # What the Hub redirects to is signed for a while; the next request is redirected again.
        raise InterruptedLoadError(f"was redirected to what answers {response.status_code}")
    try:
        hf_raise_for_status(response)
    except HfHubHTTPError as error:
        raise _refusal(error, url, hub) from error
    raise FailureError(
        Code.UNAVAILABLE, f"{_shown(url)} answers {response.status_code}, which is not a file."
    )


def _refusal(error: HfHubHTTPError, url: HubUrl, hub: Hub) -> FailureError | InterruptedLoadError:
    status = error.response.status_code
    if isinstance(error, EntryNotFoundError):
        return _missing_path(url)
    if isinstance(error, RevisionNotFoundError):
        return _no_revision(url)
    if isinstance(error, GatedRepoError):  # which is a RepositoryNotFoundError too
        return _gated(url, hub)
    if isinstance(error, RepositoryNotFoundError) or (
        status == httpx2.codes.UNAUTHORIZED and not hub.token
    ):
        return _no_repository(url, hub, status)
    if status in {401, 403}:  # a repository that is disabled, too
        return _no_access(_shown(url), hub)
    return interruption(error.response) or FailureError(
        Code.UNAVAILABLE, f"{hub.endpoint} answers {status} for {_shown(url)}."
    )


def _no_revision(url: HubUrl) -> FailureError:
    if url.conversion is not None:
        sentence = f"The Hub has no Parquet conversion of {_shown(url)}. Give the path of a file."
    else:
        sentence = (
            f"{_shown(url)} has no revision {url.revision!r}. Give a branch, a tag or a commit of"
            " it."
        )
    return FailureError(Code.NOT_FOUND, sentence)


def _gated(url: HubUrl, hub: Hub) -> FailureError:
    why = "the token in HF_TOKEN has not been granted it" if hub.token else "there is no HF_TOKEN"
    return FailureError(
        Code.NO_ACCESS,
        f"{_shown(url)} is gated, and {why}. Accept its conditions on the Hub, and give the token"
        " of that account as HF_TOKEN in `spec.env`, from a Secret.",
    )


def _no_repository(url: HubUrl, hub: Hub, status: int) -> FailureError:
    where = _shown(url)
    if hub.token and status == httpx2.codes.UNAUTHORIZED:
        return _no_access(where, hub)
    sees = (
        "the token in HF_TOKEN does not see it"
        if hub.token
        else ("it is private: then give HF_TOKEN in `spec.env`, from a Secret")
    )
    return FailureError(
        Code.NOT_FOUND,
        f"{where} does not exist, or {sees}. Look at the name on {hub.endpoint}.",
    )


def _no_access(where: str, hub: Hub) -> FailureError:
    why = (
        "the token in HF_TOKEN is not valid, or has no right to read it"
        if hub.token
        else ("there is no HF_TOKEN")
    )
    return FailureError(
        Code.NO_ACCESS,
        f"No access to {where}: {why}. Give a token that may as HF_TOKEN in `spec.env`, from a"
        " Secret.",
    )


def _missing_path(url: HubUrl) -> FailureError:
    named = f"no file {url.path}" if url.path else "no files"
    return FailureError(
        Code.NOT_FOUND,
        f"{_shown(url)} has {named} at the revision {url.revision}. Look at its files on the Hub.",
    )


def _shown(url: HubUrl) -> str:
    return f"hf://{_PREFIX[url.kind]}{url.repository}"
