"""The hook server: Flask around `hooks.server.dispatch`.

The only module that knows Flask, the environment and the clock. It holds no credentials and
calls nobody.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import orjson
import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from hooks.server import dispatch, limits
from hooks.server.envelope import MalformedRequestError
from hooks.server.metrics import Metrics
from hooks.server.tokens import InvalidTokensError, Tokens
from hooks.settings import InvalidSettingsError, Settings, load

Clock = Callable[[], datetime]

LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
LONGEST_SENTENCE = 1000
"""Characters of an answer's or a log's sentence, which may quote what was sent."""

log = structlog.get_logger()


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def create_app(
    settings: Settings | None = None, clock: Clock = now, tokens: Tokens | None = None
) -> Flask:
    """Return the server.

    Args:
        settings: what differs between clusters; read from the file that the environment's
            `CONFIG` names where it is None, and the defaults where that is empty.
        clock: gives the time.
        tokens: which of them let a request in; those of the directory that the environment's
            `TOKENS_DIRECTORY` names where it is None, and no token is asked for where that is
            empty.
    """
    configure_logging(os.environ.get("LOG_LEVEL", "info"))
    settings = settings or settings_from_environment()
    tokens = tokens or tokens_from_environment()
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.server.body_mib * limits.MIB
    metrics = Metrics()
    for path in dispatch.HOOKS:
        view = _hook(path, settings, clock, metrics, tokens)
        app.add_url_rule(path, path, view, methods=["POST"])
    app.register_error_handler(HTTPException, _http_error)
    return app


def settings_from_environment() -> Settings:
    """Return the settings of the file that `CONFIG` names; exit with a sentence if it is wrong."""
    name = os.environ.get("CONFIG")
    if not name:
        return Settings()
    try:
        return load(Path(name).read_text(encoding="utf-8"), source=name)
    except (OSError, InvalidSettingsError) as error:
        sys.exit(f"The settings cannot be read: {error}")


def tokens_from_environment() -> Tokens | None:
    """Return the tokens of the directory that `TOKENS_DIRECTORY` names; exit if they are wrong."""
    name = os.environ.get("TOKENS_DIRECTORY")
    if not name:
        return None
    try:
        return Tokens(Path(name))
    except InvalidTokensError as error:
        sys.exit(f"TOKENS_DIRECTORY: {error}.")


def configure_logging(level: str) -> None:
    """Write one JSON object a line to standard output, from this level up; exit if it is none."""
    if level not in LOG_LEVELS:
        sys.exit(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}, got {level!r}.")
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level.upper()),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )


def _hook(
    path: str, settings: Settings, clock: Clock, metrics: Metrics, tokens: Tokens | None
) -> Callable[[], Response]:
    one_large = threading.Lock()

    def view() -> Response:
        started = time.perf_counter()
        length = request.content_length or 0
        if tokens and not tokens.allow(request.headers.get("Authorization")):
            metrics.observe(path, 401, time.perf_counter() - started, length)
            return _not_allowed(path)
        try:
            limits.check_bytes(length, settings.server)
            body = _body()
            length = len(body)
            limits.check_bytes(length, settings.server)
            limits.check_values(body, settings.server)
        except (limits.TooLargeError, RequestEntityTooLarge) as error:
            log.warning("too large", hook=path, reason=str(error))
            status, answer = 413, _error(str(error))
        else:
            with one_large if length > limits.LARGE else nullcontext():
                status, answer = _answer(path, body, settings, clock)
        metrics.observe(path, status, time.perf_counter() - started, length)
        return Response(answer, status=status, content_type="application/json")

    return view


def _not_allowed(path: str) -> Response:
    log.warning("not allowed", hook=path, client=request.remote_addr)
    response = _json(401, {"error": "The request shows no token that is taken here."})
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _body() -> bytes:
    """Return the request's body: as it is, where the server has it already, and not as a copy."""
    received = request.environ["wsgi.input"]
    return received.read() if isinstance(received, BytesIO) else request.get_data(cache=False)


def _answer(path: str, body: bytes, settings: Settings, clock: Clock) -> tuple[int, bytes]:
    try:
        answer = dispatch.call(path, body, settings=settings, now=clock())
    except MalformedRequestError as error:
        reason = str(error)[:LONGEST_SENTENCE]
    except Exception:
        # Whatever it is, an answer that is not 200 leaves every child as it is.
        log.exception("failed", hook=path, parent=_parent_of(body))
        return 500, _error("The hook failed. Its log has the cause, with the parent's name.")
    else:
        return 200, answer
    log.warning("refused", hook=path, reason=reason, parent=_parent_of(body))
    return 400, _error(reason)


def _parent_of(body: bytes) -> str | None:
    """Return `namespace/name` of a request's parent for the log, if it has one."""
    try:
        call = orjson.loads(body)
        metadata = (call.get("parent") or call.get("object"))["metadata"]
        name = "/".join(filter(None, (metadata.get("namespace"), metadata["name"])))
        return name[:LONGEST_SENTENCE]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _http_error(error: HTTPException) -> Response:
    sentences = {
        404: f"There is no hook at {request.path}. The hooks are {', '.join(dispatch.HOOKS)}.",
        405: f"{request.path} does not take {request.method}; hooks take POST.",
    }
    code = error.code or 500
    response = _json(code, {"error": sentences.get(code, str(error.description))})
    if code == 405 and getattr(error, "valid_methods", None):  # noqa: PLR2004 - its name is above
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response


def _json(status: int, body: dict[str, str]) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json")


def _error(sentence: str) -> bytes:
    return json.dumps({"error": sentence}).encode()
