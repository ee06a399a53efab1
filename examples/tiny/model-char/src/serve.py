"""The Model over HTTP: `GET /docs`, `POST /generate`."""

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue
from generation import continued
from storage import SAVED, read_arrays
from werkzeug.exceptions import BadRequest, HTTPException

LARGEST_BODY = 64 * 1024
MOST_TOKENS = 1000
DEFAULT_TOKENS = 64
DOCS = f"""\
POST /generate {{"prompt": "two plus three is", "max_new_tokens": 20}}
answers {{"generation": "the prompt, and what the Model writes after it"}}.

A token is a character. max_new_tokens is from 0 to {MOST_TOKENS}; {DEFAULT_TOKENS} if left out.
"""


def create_app() -> Flask:
    """Return the server of the Model in `/model/saved`."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    weights = read_arrays(SAVED)

    @app.get("/docs")
    def docs() -> ResponseReturnValue:
        return DOCS, {"Content-Type": "text/plain; charset=utf-8"}

    @app.post("/generate")
    def generate() -> ResponseReturnValue:
        prompt, most = _asked(request.get_json(force=True, silent=True))
        return jsonify(generation=continued(weights, prompt, most))

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> ResponseReturnValue:
        return jsonify(error=error.description), error.code or 500

    return app


def _asked(body: object) -> tuple[str, int]:
    """Return the prompt and how many tokens to write.

    Raises:
        BadRequest: with a sentence on what is wrong.
    """
    if not isinstance(body, dict):
        raise BadRequest('The body must be a JSON object, such as {"prompt": "two plus"}.')
    prompt = body.get("prompt")
    if not isinstance(prompt, str):
        raise BadRequest("prompt must be a string.")
    most = body.get("max_new_tokens", DEFAULT_TOKENS)
    if isinstance(most, bool) or not isinstance(most, int) or not 0 <= most <= MOST_TOKENS:
        raise BadRequest(f"max_new_tokens must be a whole number from 0 to {MOST_TOKENS}.")
    return prompt, most
