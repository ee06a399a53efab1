"""The hook server with one more route, which answers with the body that it gets."""

from flask import Flask, Response, request

from hooks.server.app import create_app as create_hooks


def create_app() -> Flask:
    """Return the hook server with `/echo`."""
    app = create_hooks()

    @app.post("/echo")
    def echo() -> Response:
        return Response(request.get_data(cache=False), content_type="application/json")

    return app
