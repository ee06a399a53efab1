"""What a search has found, and what it has covered."""

from dataclasses import dataclass, field

from metacontroller_offline.explorer.steps import Step
from metacontroller_offline.explorer.wording import sentence


@dataclass(frozen=True)
class Counterexample:
    """A broken promise, and the way to it.

    Attributes:
        invariant: its name.
        promise: what is to hold.
        problem: what is wrong.
        steps: what happened, from the start.
    """

    invariant: str
    promise: str
    problem: str
    steps: tuple[Step, ...]

    def as_test(self) -> str:
        """Return the choices as a test: `Explorer.replay` finds the same again, or None."""
        choices = "".join(f"        {step.choice!r},\n" for step in self.steps)
        return (
            "from metacontroller_offline.explorer import Choice\n"
            "from metacontroller_offline.objects import Ref\n\n\n"
            f"def test_{self.invariant.replace(' ', '_')}(explorer):\n"
            f'    """{self.promise}"""\n'
            f"    assert explorer.replay([\n{choices}    ]) is None\n"
        )

    def __str__(self) -> str:
        lines = [f"Broken: {self.promise}", self.problem, ""]
        for number, step in enumerate(self.steps, 1):
            lines.append(f"{number:3}. {sentence(step.choice)}")
            lines += [f"       {line}" for line in step.story]
        return "\n".join(lines)


@dataclass
class Report:
    """What a search has covered.

    Attributes:
        states: how many there were.
        steps: how many ways from one to another.
        rests: in how many nothing more happens.
        hook_calls: how many hook calls it took.
        seconds: how long it took.
        depth: the most steps from the start to a state.
        choices: how often each kind of choice was taken.
        left: how many states have not been gone on from; 0 if the search is exhaustive.
        counterexample: the first broken promise.
    """

    states: int = 0
    steps: int = 0
    rests: int = 0
    hook_calls: int = 0
    seconds: float = 0.0
    depth: int = 0
    choices: dict[str, int] = field(default_factory=dict)
    left: int = 0
    counterexample: Counterexample | None = None

    @property
    def is_exhaustive(self) -> bool:
        """Whether every state within the budget was gone on from."""
        return not self.left and self.counterexample is None
