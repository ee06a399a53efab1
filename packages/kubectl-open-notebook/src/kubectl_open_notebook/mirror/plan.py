"""What to do so that two directories agree: a pure function of what they hold.

What both sides had in common when they last agreed is the base. Against it, a side has changed
a file, made it, deleted it, or left it alone.

| here | there | what to do |
| --- | --- | --- |
| changed or made | left alone | copy it there |
| deleted | left alone | delete it there |
| changed | deleted | copy it there: a change outlives a deletion |
| changed | changed | compare; if they differ the newer wins, the other is kept beside it |

Without a base both are "made". So nothing is ever deleted that the sync has not seen on both sides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from kubectl_open_notebook.mirror.listing import Side, Tree, Version, above


@dataclass(frozen=True, slots=True)
class Pair:
    """A file on both sides when they last agreed on its content."""

    local: Version
    notebook: Version

    def of(self, side: Side) -> Version:
        """Return the version of one side."""
        return self.local if side is Side.LOCAL else self.notebook


Base = Mapping[str, Pair]


@dataclass(frozen=True, slots=True)
class Copy:
    """Bring one side's version of a file to the other.

    Attributes:
        source: where it comes from.
        version: what is copied.
        replaces: what must be in its place still; None if nothing may be.
        keep: under which path what it replaces is kept; None if that is not worth keeping.
    """

    path: str
    source: Side
    version: Version
    replaces: Version | None
    keep: str | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete a file on one side, if it is this version still."""

    path: str
    side: Side
    version: Version


@dataclass
class Plan:
    """What to do.

    Attributes:
        copies: files to bring over.
        deletes: files to delete.
        agreed: files that are the same on both sides, to be remembered.
        forgotten: files that are gone on both sides.
        undecided: pairs that must be compared by content first.
        blocked: files that cannot be brought over, as something else has their place.
    """

    copies: list[Copy] = field(default_factory=list)
    deletes: list[Delete] = field(default_factory=list)
    agreed: dict[str, Pair] = field(default_factory=dict)
    forgotten: list[str] = field(default_factory=list)
    undecided: dict[str, Pair] = field(default_factory=dict)
    blocked: list[str] = field(default_factory=list)

    @property
    def moves_nothing(self) -> bool:
        """Whether neither side will be touched."""
        return not self.copies and not self.deletes


def decide(
    local: Tree,
    notebook: Tree,
    base: Base,
    *,
    same: Mapping[tuple[str, Pair], bool],
    ahead: int,
    now: datetime,
) -> Plan:
    """Return what to do so that both sides agree.

    Args:
        local: what is here.
        notebook: what is in the notebook.
        base: what both had in common.
        same: for files that were compared in these versions, whether their content is the same.
        ahead: by how many ns the notebook's clock is ahead of the local one.
        now: the local time, for the names of what is kept.
    """
    plan = Plan()
    trees = {Side.LOCAL: local, Side.NOTEBOOK: notebook}
    for path in sorted({*local.files, *notebook.files, *base}):
        here, there, known = local.files.get(path), notebook.files.get(path), base.get(path)
        if here and there:
            _both(plan, path, Pair(here, there), known, trees, same=same, ahead=ahead, now=now)
        elif here or there:
            _one(plan, path, Side.LOCAL if here else Side.NOTEBOOK, known, trees)
        else:
            plan.forgotten.append(path)
    return plan


def _both(
    plan: Plan,
    path: str,
    pair: Pair,
    known: Pair | None,
    trees: Mapping[Side, Tree],
    *,
    same: Mapping[tuple[str, Pair], bool],
    ahead: int,
    now: datetime,
) -> None:
    """Decide about a file that is on both sides."""
    changed = [side for side in Side if not known or pair.of(side) != known.of(side)]
    if len(changed) == 1:
        source = changed[0]
        plan.copies.append(Copy(path, source, pair.of(source), pair.of(source.other)))
    elif changed and pair.local.size == pair.notebook.size and (path, pair) not in same:
        plan.undecided[path] = pair
    elif changed and same.get((path, pair)):
        plan.agreed[path] = pair
    elif changed:
        newer = Side.LOCAL if pair.local.mtime >= pair.notebook.mtime - ahead else Side.NOTEBOOK
        kept = kept_name(path, newer.other, trees, now)
        plan.copies.append(Copy(path, newer, pair.of(newer), pair.of(newer.other), keep=kept))


def _one(plan: Plan, path: str, side: Side, known: Pair | None, trees: Mapping[Side, Tree]) -> None:
    """Decide about a file that is on one side only."""
    version = trees[side].files[path]
    if known and version == known.of(side):
        is_blocked = _holds_other(trees[side.other], path)
        plan.forgotten.append(path) if is_blocked else plan.deletes.append(
            Delete(path, side, version)
        )
    elif _is_taken(trees[side.other], path):
        plan.blocked.append(path)
    else:
        plan.copies.append(Copy(path, side, version, None))


def _holds_other(tree: Tree, path: str) -> bool:
    """Return whether something that is never synced has a file's place, so it is not deleted."""
    return path in tree.others or any(each in tree.others for each in above(path))


def _is_taken(tree: Tree, path: str) -> bool:
    """Return whether something that is not a file has a file's place, or a directory's above it."""
    return (
        path in tree.directories
        or path in tree.others
        or any(each in tree.files or each in tree.others for each in above(path))
    )


def kept_name(path: str, side: Side, trees: Mapping[Side, Tree], now: datetime) -> str:
    """Return a free path beside a file that says whose version is kept there, and since when.

    `train.py` of the notebook becomes `train.conflict-notebook-20260131-235959.py`.
    """
    taken = {name for tree in trees.values() for name in (*tree.files, *tree.others)}
    place = PurePosixPath(path)
    suffix = place.suffix
    stem = place.name[: -len(suffix)] if suffix else place.name
    mark = f"conflict-{side}-{now:%Y%m%d-%H%M%S}"
    for number in range(1, len(taken) + 2):
        again = f"-{number}" if number > 1 else ""
        name = str(place.with_name(f"{stem[:150]}.{mark}{again}{suffix[:50]}"))
        if name not in taken and not any(name in tree.directories for tree in trees.values()):
            return name
    raise AssertionError("There are more names than files.")
