"""What a person is told when it does not go on."""


class Failure(Exception):  # noqa: N818 - what happened to the person, not to the program
    """The end of the command: a sentence with the way out, and a non-zero exit."""


class LeftError(Exception):
    """The person left before the Notebook was open."""


class ConnectionLostError(Exception):
    """The Pod cannot be reached now; it may be again in a moment."""
