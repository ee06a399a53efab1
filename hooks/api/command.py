"""What is run in a container in place of the contract's script."""

from typing import Annotated

from pydantic import Field

_Argument = Annotated[str, Field(max_length=2048)]

Command = Annotated[
    Annotated[list[_Argument], Field(min_length=1, max_length=32)] | None,
    Field(
        description=(
            "Command is what runs in place of the contract's script, with no shell around it: for "
            "an image without the script. It decides the result."
        )
    ),
]
Args = Annotated[
    Annotated[list[_Argument], Field(min_length=1, max_length=32)] | None,
    Field(description="Args are given to the command, or to the script. They decide the result."),
]
