"""What a person reads when it does not continue."""


class Failure(Exception):  # noqa: N818 - what happened to the person, not to the program
    """The end of the command: a sentence with the way out, and a non-zero exit."""


class LeftError(Exception):
    """The person left before the Notebook was open."""


class ConnectionLostError(Exception):
    """The Pod cannot be reached now; it may be again in a moment."""


class AnswerError(Failure):
    """What runs in the Pod answers otherwise than the scripts that were started there.

    Args:
        what: what is wrong with the answer, without what it says.
    """

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The Pod does not answer as the scripts do that run there: {what}. Nothing here was "
            "changed by that. Look at what the image has in the place of sh, find, tar and "
            "coreutils."
        )
