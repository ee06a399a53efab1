"""Rounds of the sync: list both sides, decide, compare what is undecided, and do it."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from kubectl_open_notebook.mirror import ignore as ignoring
from kubectl_open_notebook.mirror.batches import FILES, batches, parts
from kubectl_open_notebook.mirror.ignore import Ignore
from kubectl_open_notebook.mirror.listing import Side, Tree
from kubectl_open_notebook.mirror.local import LocalDirectory, is_disk_full
from kubectl_open_notebook.mirror.plan import Copy, Delete, Pair, Plan, decide
from kubectl_open_notebook.mirror.remote import Listing, RemoteDirectory
from kubectl_open_notebook.mirror.state import State
from kubectl_open_notebook.shell import ScriptError

SETTLED = 1_000_000_000
"""A file that was written so many ns ago is not copied yet: who writes it may not be done."""


@dataclass
class Outcome:
    """What a round did.

    Attributes:
        sent: files that went to the notebook.
        received: files that came from it.
        deleted: files that were deleted on either side.
        kept: files that had changed on both sides, with where the older version is kept.
        blocked: files that were left alone.
        late: files that changed meanwhile, or are still written.
        trouble: sentences about what failed.
    """

    sent: int = 0
    received: int = 0
    deleted: int = 0
    kept: dict[str, str] = field(default_factory=dict)
    blocked: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    @property
    def moved(self) -> bool:
        """Whether anything was done."""
        return bool(self.sent or self.received or self.deleted)


class Mirror:
    """Two directories that are to agree.

    Args:
        local: the one here.
        remote: the one in the notebook, connected.
        notebook: which notebook it is, of all that this directory may be synced with.
        now: the clock, in ns since 1970.
        progress: gets the files and bytes that are done, and all of them.
        leaving: asked between batches; true ends the round early.
    """

    def __init__(
        self,
        local: LocalDirectory,
        remote: RemoteDirectory,
        *,
        notebook: str,
        now: Callable[[], int],
        progress: Callable[[int, int, int], None] = lambda *_: None,
        leaving: Callable[[], bool] = lambda: False,
    ) -> None:
        self._local = local
        self._remote = remote
        self._now = now
        self._progress = progress
        self._leaving = leaving
        self._seen: Listing | None = None
        self._state = State(local.state_file(notebook), local=local.mark, notebook=remote.id())

    def has_news(self) -> bool:
        """Return whether the notebook's directory is not as the last round found it."""
        return self._remote.list() is not self._seen

    def round(self, *, everything: bool = False) -> Outcome:
        """List both sides and bring them together as far as that goes at once.

        What it does may call for another round: what is kept beside a file goes over then.

        Args:
            everything: also files that may still be written to, as there is no later.

        Raises:
            ConnectionLostError: the connection broke; what was done is remembered.
            Failure: there is no local directory any more.
        """
        listing = self._seen = self._remote.list()
        outcome = Outcome()
        plan = self._decide(listing)
        while self._local.was_replaced():  # before it was listed, or meanwhile
            self._state.begin_again(self._local.mark)
            plan = self._decide(listing)
        outcome.blocked = plan.blocked
        self._remember(plan, outcome)
        copies = plan.copies if everything else self._settled(plan, listing, outcome)
        total = len(copies)
        done = [0, 0]
        up = [each for each in copies if each.source is Side.LOCAL]
        down = [each for each in copies if each.source is Side.NOTEBOOK]
        gone = {side: [each for each in plan.deletes if each.side is side] for side in Side}
        for side, some in ((Side.NOTEBOOK, up), (Side.LOCAL, down)):
            for number, batch in enumerate(batches(some) or [[]]):
                deletes = gone[side] if number == 0 else []
                if (not batch and not deletes) or self._leaving():
                    continue
                self._do(side, batch, deletes, outcome)
                done[0] += len(batch)
                done[1] += sum(each.version.size for each in batch)
                self._progress(done[0], total, done[1])
        return outcome

    def _decide(self, listing: Listing) -> Plan:
        """Return what to do; rules about what is ignored go first, alone."""
        ignore = Ignore(self._local.root)
        local = self._local.list(ignore)
        notebook = _without(listing.tree, ignore)
        for path in [path for path in self._state.base if ignore.ignores(path)]:
            del self._state.base[path]  # it is nobody's concern any more
        now = datetime.fromtimestamp(self._now() / 1e9).astimezone()
        plan = Plan()
        same: dict[tuple[str, Pair], bool] = {}
        for _ in range(2):
            plan = decide(
                local, notebook, self._state.base, same=same, ahead=listing.ahead, now=now
            )
            if not plan.undecided:
                break
            same = self._compare(plan.undecided)
        rules = [each for each in plan.copies if each.path.rpartition("/")[2] == ignoring.FILE]
        if rules:
            plan.copies, plan.deletes = rules, []
        return plan

    def _compare(self, undecided: dict[str, Pair]) -> dict[tuple[str, Pair], bool]:
        """Compare files by their content."""
        found: dict[tuple[str, Pair], bool] = {}
        there: dict[str, str] = {}
        for some in parts(sorted(undecided), FILES):
            there |= self._remote.digests(some)
        for path, pair in undecided.items():
            here = self._local.digest(path)
            if here and path in there:
                found[path, pair] = here == there[path]
        return found

    def _remember(self, plan: Plan, outcome: Outcome) -> None:
        """Take over what both sides agree on already."""
        changed = bool(plan.agreed)
        self._state.base.update(plan.agreed)
        for path in plan.forgotten:
            changed = self._state.base.pop(path, None) is not None or changed
        if changed:
            self._save(outcome)

    def _settled(self, plan: Plan, listing: Listing, outcome: Outcome) -> list[Copy]:
        now = {Side.LOCAL: self._now(), Side.NOTEBOOK: self._now() + listing.ahead}
        found = []
        for each in plan.copies:
            if 0 <= now[each.source] - each.version.mtime < SETTLED:
                outcome.late.append(each.path)
            else:
                found.append(each)
        return found

    def _do(self, side: Side, copies: list[Copy], deletes: list[Delete], outcome: Outcome) -> None:
        """Bring one batch to a side; what fails there is said, and does not stop the other side."""
        try:
            if side is Side.NOTEBOOK:
                self._send(copies, deletes, outcome)
            else:
                self._receive(copies, deletes, outcome)
        except ScriptError as error:
            outcome.trouble.append(
                f"The notebook's side failed: {_remote_reason(error)}. Nothing is lost: it is here."
            )
        except OSError as error:
            outcome.trouble.append(
                f"This machine's side failed: {_local_reason(error)}. Nothing is lost: it is "
                "in the notebook."
            )
        finally:
            self._save(outcome)

    def _send(self, copies: list[Copy], deletes: list[Delete], outcome: Outcome) -> None:
        applied = self._remote.apply(self._local, copies, deletes)
        for path, (local, notebook) in applied.copied.items():
            self._state.base[path] = Pair(local, notebook)
        for path in applied.deleted:
            self._state.base.pop(path, None)
        outcome.sent += len(applied.copied)
        outcome.deleted += len(applied.deleted)
        _note(copies, applied.copied, outcome)

    def _receive(self, copies: list[Copy], deletes: list[Delete], outcome: Outcome) -> None:
        for each in deletes:
            if self._local.delete(each.path, each.version):
                self._state.base.pop(each.path, None)
                outcome.deleted += 1
            else:
                outcome.late.append(each.path)
        if not copies:
            return
        wanted = {each.path: each for each in copies}
        staged: dict[str, str] = {}
        try:
            failed = self._stage(wanted, staged)
            placed, refused = self._place(wanted, staged)
        finally:
            for aside in staged.values():
                self._local.discard(aside)
        outcome.received += len(placed)
        _note(copies, placed, outcome)
        trouble = failed or refused
        if trouble:
            raise trouble

    def _stage(self, wanted: dict[str, Copy], staged: dict[str, str]) -> OSError | None:
        """Fetch files aside; return what ended it early, for one that the disk is full."""
        versions = {path: each.version for path, each in wanted.items()}
        with contextlib.closing(self._remote.fetch(versions)) as files:
            for path, version, file in files:
                try:
                    staged[path] = self._local.stage(file, version)
                except OSError as error:
                    return error
        return None

    def _place(
        self, wanted: dict[str, Copy], staged: dict[str, str]
    ) -> tuple[list[str], OSError | None]:
        """Put what was fetched in its place; return what could be, and the first refusal.

        A name that this machine's file system refuses keeps no other file back.
        """
        # A file that was written to while it was read is another version by now.
        still = self._remote.list().tree.files
        placed: list[str] = []
        refused: OSError | None = None
        for path, aside in staged.items():
            copy = wanted[path]
            if still.get(path) != copy.version:
                continue
            try:
                new = self._local.place(aside, path, replaces=copy.replaces, keep=copy.keep)
            except OSError as error:
                refused = refused or error
                continue
            if new:
                placed.append(path)
                self._state.base[path] = Pair(new, copy.version)
        return placed, refused

    def _save(self, outcome: Outcome) -> None:
        try:
            self._state.save()
        except OSError as error:
            outcome.trouble.append(f"What was synced cannot be remembered: {_local_reason(error)}.")


def _local_reason(error: OSError) -> str:
    return "the disk is full" if is_disk_full(error) else error.strerror or str(error)


def _remote_reason(error: ScriptError) -> str:
    is_full = any(each in str(error) for each in ("No space left", "Wrote only", "quota exceeded"))
    return "the disk is full" if is_full else str(error).rstrip(".")


def _note(copies: Iterable[Copy], done: Iterable[str], outcome: Outcome) -> None:
    """Note what was kept, and what could not be done as it had changed."""
    finished = set(done)
    for each in copies:
        if each.path not in finished:
            outcome.late.append(each.path)
        elif each.keep:
            outcome.kept[each.path] = each.keep


def _without(tree: Tree, ignore: Ignore) -> Tree:
    """Return a tree without what is ignored."""
    directories = [each for each in tree.directories if not ignore.ignores(each, is_directory=True)]
    return Tree(
        files={path: tree.files[path] for path in ignore.kept(tree.files)},
        directories=frozenset(directories),
        others=frozenset(ignore.kept(tree.others)),
    )
