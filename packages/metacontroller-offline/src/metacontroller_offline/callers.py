"""Calling hooks in the same process, and what every way of calling them has in common."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, signature
from typing import Any, Protocol, TypeAlias, cast
from urllib.parse import urlsplit

from metacontroller_offline.errors import HookError, UnsupportedError
from metacontroller_offline.objects import Json, Manifest


@dataclass(frozen=True)
class Response:
    """What a hook answered."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Caller(Protocol):
    """How hooks are reached."""

    def post(
        self, url: str, body: bytes, timeout: float, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Post a request.

        Args:
            url: the webhook's URL, as its controller's manifest says.
            body: the request, JSON.
            timeout: seconds of real time, for the whole answer.
            headers: what is sent beside, such as an Authorization; None if nothing is.

        Raises:
            HookError: no answer came.
        """
        ...


RequestFunction: TypeAlias = Callable[[Manifest], Json]
"""A hook as a function: takes the request, returns the answer, both as JSON values."""

WsgiApplication: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""A web application such as Flask's, called as PEP 3333 says."""

Hooks: TypeAlias = Caller | RequestFunction | Mapping[str, RequestFunction] | WsgiApplication | str
"""How hooks may be given.

A caller; one function of a request for every hook; functions by URL, or by the path of a URL; a
WSGI application; the address of a server, `http://127.0.0.1:8090`, which replaces scheme, host and
port of every URL.
"""


class FunctionCaller:
    """Calls functions of a request: what they return is the answer, with status 200.

    The request and the answer pass through JSON, so a function cannot change the cluster's objects.

    Args:
        functions: by URL, or by the path of a URL; the URL is looked for first.
    """

    def __init__(self, functions: Mapping[str, RequestFunction]) -> None:
        self._functions = functions

    def post(
        self,
        url: str,
        body: bytes,
        timeout: float,  # noqa: ARG002 - no waiting
        headers: Mapping[str, str] | None = None,  # noqa: ARG002 - a function takes none
    ) -> Response:
        """Call the function of a URL; see `Caller`.

        Raises:
            HookError: there is no function for it.
        """
        function = self._functions.get(url) or self._functions.get(urlsplit(url).path)
        if function is None:
            known = ", ".join(self._functions)
            raise HookError(f"No function is given for {url}: there are {known}.")
        return Response(200, json.dumps(function(json.loads(body))).encode())


class _OneFunction:
    """Calls one function for every URL."""

    def __init__(self, function: RequestFunction) -> None:
        self._function = function

    def post(
        self, url: str, body: bytes, timeout: float, headers: Mapping[str, str] | None = None
    ) -> Response:
        return FunctionCaller({url: self._function}).post(url, body, timeout, headers)


def as_caller(hooks: Hooks) -> Caller:
    """Return a caller for hooks that are given in one of the forms of `Hooks`.

    Raises:
        UnsupportedError: they are given in none.
    """
    if hasattr(hooks, "post"):
        return hooks
    if isinstance(hooks, str):
        from metacontroller_offline.httpcaller import HttpCaller  # noqa: PLC0415 - httpx is slow

        return HttpCaller(hooks)
    if isinstance(hooks, Mapping):
        return FunctionCaller(hooks)
    if callable(hooks) and _takes_two(hooks):
        from metacontroller_offline.httpcaller import WsgiCaller  # noqa: PLC0415 - the same

        return WsgiCaller(cast("WsgiApplication", hooks))
    if callable(hooks):
        return _OneFunction(cast("RequestFunction", hooks))
    raise UnsupportedError(
        "Hooks are a caller, a function, functions by path, a WSGI application, or an address; "
        f"not {hooks!r}."
    )


def _takes_two(function: Callable[..., object]) -> bool:
    """Say whether a function takes two arguments, as a WSGI application does."""
    parameters = signature(function).parameters.values()
    kinds = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    asked = [each for each in parameters if each.kind in kinds and each.default is each.empty]
    return len(asked) == 2  # noqa: PLR2004 - environ and start_response


HookFunction = Callable[[str, Manifest], tuple[int, Mapping[str, str], bytes]]
"""Takes the URL's path and the request; returns status, headers and body."""


class InProcessCaller:
    """Calls a Python function instead of a server; the request still passes through JSON."""

    def __init__(self, function: HookFunction) -> None:
        self._function = function

    def post(
        self,
        url: str,
        body: bytes,
        timeout: float,  # noqa: ARG002 - no waiting
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Call the function; see `Caller`."""
        status, headers, answer = self._function(urlsplit(url).path, json.loads(body))
        return Response(status, answer, headers)
