"""Choices in words, for stories."""

import re

from metacontroller_offline.explorer.choices import Choice
from metacontroller_offline.objects import Ref

_ACTION = re.compile(r"\w+\._(\w+)\((\w+ [^,)]+)(?:, [-0-9a-f]+, \w+\._(\w+))?")
_STEPS = {
    "schedule": "{0} is scheduled",
    "start": "{0} starts",
    "end": "{0} ends",
    "settle": "{0} becomes ready, or not",
    "bind": "{0} is bound",
    "reconcile": "the controller of {0} acts",
    "expire": "{0} is deleted after its time",
}
_SYNCS = {
    "sync": "{0} is synced",
    "error": "{0} is synced, and the hook does not answer",
    "refuse": "{0} is synced, and write {1} is refused",
    "conflict": "{0} is synced, and write {1} loses a conflict",
    "stop": "{0} is synced, and Metacontroller ends before write {1}",
}
_OTHERS = {
    "deliver": "the cache of {1}s sees its next change",
    "behind": "Metacontroller starts again, with a cache of {1}s that is behind",
    "restart": "Metacontroller starts again",
    "upgrade": "the next version of the hooks takes over",
    "wait": "time passes, until the next thing is due",
    "collect": "the garbage collector continues",
    "delete": "somebody deletes {0}",
    "edit": "somebody makes the change '{0}'",
}


def sentence(choice: Choice) -> str:
    """Return a choice as part of a sentence."""
    if choice.what in _SYNCS:
        key = choice.target if isinstance(choice.target, str | Ref) else choice.target[1]
        number = int(choice.how) + 1 if choice.how else 0
        return _SYNCS[choice.what].format(key, number)
    if choice.what in {"step", "fail"}:
        how = f", whose fate is {choice.how}" if choice.how else ""
        return f"{_step(str(choice.target))}{how}"
    behind = choice.what == "restart" and choice.target
    group = str(choice.target).partition(" ")[2]
    return _OTHERS["behind" if behind else choice.what].format(choice.target, group)


def _step(action: str) -> str:
    found = _ACTION.match(action)
    if found is None:
        return action
    name = found[3] or found[1]
    return _STEPS.get(name, f"{{0}}: {name}").format(found[2])
