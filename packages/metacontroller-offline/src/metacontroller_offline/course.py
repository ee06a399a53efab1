"""The usual course of events: what is ready comes first, then what is due, and time passes last."""

from datetime import datetime

from metacontroller_offline.agenda import Agenda
from metacontroller_offline.metacontroller import Metacontroller
from metacontroller_offline.store import Cluster


def advance(
    cluster: Cluster, agenda: Agenda, metacontroller: Metacontroller, limit: datetime
) -> bool:
    """Do the next thing; say whether there was one that is due by the limit."""
    clock = cluster.clock
    if clock.now() > limit:
        # A loop that is allowed has used the time up.
        return False
    if metacontroller.sync_next():
        return True
    if agenda.run_next(clock.now()):
        return True
    if cluster.finish_deletions():
        return True
    due = [metacontroller.queue.next_due(), agenda.next_due()]
    first = min((each for each in due if each is not None), default=None)
    if first is None or first > limit:
        return False
    clock.advance_to(first)
    return True
