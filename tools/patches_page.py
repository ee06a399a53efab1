"""The generated page docs/patchable.md: what the patches of an object may change."""

from collections.abc import Iterator

from hooks.patches.allowed import LISTS, Each, Named, NewKeys, Rule, Value


def patches_page() -> Iterator[str]:
    """Yield the lines of the page."""
    yield "# What the patches of an object may change"
    yield ""
    yield "Each row is a value that a patch in `spec.patches` may add, replace or remove."
    yield "Whatever is not here is refused; a patch of the settings may change more."
    yield "[patches.md](patches.md) says how patches are written."
    yield ""
    yield "`[own]` is an item that the child has, `[new]` one that a patch adds, `[]` any."
    yield "What is said of `containers` is so for `initContainers` too."
    found = {name: dict(_rows(rule, "")) for name, rule in LISTS.items()}
    paths = sorted({path for rows in found.values() for path in rows})
    yield ""
    yield f"| path | {' | '.join(found)} | but not |"
    yield f"| --- |{' --- |' * len(found)} --- |"
    for path in paths:
        marks = ["yes" if path in rows else "" for rows in found.values()]
        note = next(rows[path] for rows in found.values() if path in rows)
        yield f"| `{path}` | {' | '.join(marks)} | {note} |"


def _rows(rule: Rule, at: str) -> Iterator[tuple[str, str]]:
    """Yield the path of each value of a list, with what it may not be."""
    if isinstance(rule, Value):
        yield at, rule.note
    elif isinstance(rule, NewKeys):
        yield f"{at}/<new key>", rule.note
    elif isinstance(rule, Each):
        yield from _rows(rule.rule, f"{at}[]")
    elif isinstance(rule, Named):
        if rule.note:
            yield f"{at}[new]", rule.note
        for part, each in (("own", rule.own), ("new", rule.new)):
            if each is not None:
                yield from _rows(each, f"{at}[{part}]")
    else:
        for key in sorted(rule.keys() - {"initContainers"}):
            yield from _rows(rule[key], f"{at}/{key}")
