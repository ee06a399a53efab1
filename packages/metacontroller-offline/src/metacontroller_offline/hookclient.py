"""One hook call: the request goes out, the answer's status decides what it counts as."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from math import ceil

from metacontroller_offline.callers import Caller, Response
from metacontroller_offline.checks import Checks
from metacontroller_offline.errors import HookError, RetryAfterMissing, TooManyRequestsError, Where
from metacontroller_offline.etags import Etags
from metacontroller_offline.manifests import Hook
from metacontroller_offline.objects import Manifest
from metacontroller_offline.store import Cluster
from metacontroller_offline.wire import Encoder

_OK = 200
_AT_ONCE = 1 / 800
"""Seconds until the next call after a 429 that does not say when: 800 a second were seen."""
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True)
class HookCall:
    """One call, for whoever watches: `body` is None if no answer came."""

    controller: str
    kind: str
    url: str
    request: Manifest
    status: int | None
    body: bytes | None


Observer = Callable[[HookCall], None]


class HookClient:
    """Calls the hooks of all controllers.

    Args:
        caller: how hooks are reached.
        cluster: where the Secrets of credentials are.
        checks: what becomes of a 429 without it.
        observer: sees every call.
    """

    def __init__(
        self, caller: Caller, cluster: Cluster, checks: Checks, observer: Observer | None = None
    ) -> None:
        self._caller = caller
        self._cluster = cluster
        self._clock = cluster.clock
        self._etags: dict[Hook, Etags] = {}
        self._encoder = Encoder()
        self._checks = checks
        self._observer = observer

    def call(self, hook: Hook, request: Manifest, where: Where) -> bytes:
        """Return the body of an answer with status 200.

        Raises:
            HookError: there was no answer, or one of another status.
            TooManyRequestsError: the status is 429, with Retry-After.
            RetryAfterMissing: the status is 429, without.
        """
        try:
            response = self._answer(hook, request, where)
        except HookError:
            self._observe(hook, request, where, None, None)
            raise
        self._observe(hook, request, where, response.status, response.body)
        if response.status == _TOO_MANY_REQUESTS:
            raise TooManyRequestsError(self._retry_after(response.headers, where))
        if response.status != _OK:
            text = response.body[:500].decode(errors="replace")
            raise HookError(f"unsupported status code: {response.status} body: {text}")
        return response.body

    def _answer(self, hook: Hook, request: Manifest, where: Where) -> Response:
        headers = dict(hook.credentials.headers(self._cluster))
        etags = self._cache(hook)
        known = etags.headers(where.parent) if etags else {}
        response = self._caller.post(
            hook.url, self._encoder.encode(request), hook.timeout, {**headers, **known} or None
        )
        return etags.answered(where.parent, known, response) if etags else response

    def _cache(self, hook: Hook) -> Etags | None:
        if not hook.uses_etags:
            return None
        if hook not in self._etags:
            self._etags[hook] = Etags(self._clock, hook.etag_lifetime)
        return self._etags[hook]

    def _observe(
        self, hook: Hook, request: Manifest, where: Where, *answer: "int | bytes | None"
    ) -> None:
        if self._observer is not None:
            status, body = answer
            self._observer(
                HookCall(
                    where.controller,
                    hook.kind,
                    hook.url,
                    request,
                    status if isinstance(status, int) else None,
                    body if isinstance(body, bytes) else None,
                )
            )

    def _retry_after(self, headers: Mapping[str, str], where: Where) -> float:
        text = next((value for key, value in headers.items() if key.lower() == "retry-after"), "")
        seconds = self._seconds(text)
        if seconds <= 0:
            found = f"The hook answered 429 with Retry-After {text!r}."
            self._checks.found(RetryAfterMissing(where, found))
            return _AT_ONCE
        return seconds

    def _seconds(self, text: str) -> float:
        if text.isdecimal():
            return float(text)
        try:
            time = parsedate_to_datetime(text)
        except ValueError:
            return 0.0
        time = time if time.tzinfo else time.replace(tzinfo=UTC)
        return ceil((time - self._clock.now()).total_seconds())
