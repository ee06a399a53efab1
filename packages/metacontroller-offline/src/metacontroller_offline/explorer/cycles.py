"""Whether the usual course of events can go round in a circle."""

from collections.abc import Iterator, Mapping, Sequence


def cycles(after: Mapping[bytes, Sequence[bytes]]) -> Iterator[bytes]:
    """Yield the states that lead back to themselves, or are reached from such a state.

    Args:
        after: the states that come after each state.
    """
    before: dict[bytes, int] = {}
    for each in after.values():
        for state in each:
            before[state] = before.get(state, 0) + 1
    free = [state for state in after if not before.get(state)]
    while free:
        for state in after.get(free.pop(), ()):
            before[state] -= 1
            if not before[state]:
                free.append(state)
    yield from (state for state, count in before.items() if count)
