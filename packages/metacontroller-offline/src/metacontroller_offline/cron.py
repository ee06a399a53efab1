"""Schedules and time zones of CronJobs: which are refused, and when a schedule is next due."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_PART = re.compile(r"(\*|\?|[a-z0-9]+(?:-[a-z0-9]+)?)(?:/(\d+))?")
_FIELDS = 5
_MOST_DAYS = 366 * 5


class _ScheduleError(ValueError):
    """A schedule is not one."""


def schedule_fault(schedule: str) -> str:
    """Return what is wrong with a schedule; empty if nothing is."""
    try:
        _fields(schedule)
    except _ScheduleError as error:
        return str(error)
    return ""


def zone_fault(zone: str) -> str:
    """Return what is wrong with a time zone; empty if nothing is."""
    if not zone:
        return "timeZone must be nil or non-empty string"
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"unknown time zone {zone}"
    return ""


def _fields(schedule: str) -> list[frozenset[int]]:
    text = _MACROS.get(schedule.strip(), schedule)
    if "TZ=" in text:
        raise _ScheduleError("cannot use TZ or CRON_TZ in schedule, use timeZone field instead")
    parts = text.lower().split()
    if len(parts) != _FIELDS:
        raise _ScheduleError(f"expected exactly 5 fields, found {len(parts)}: [{text}]")
    return [frozenset(_values(part, index, *_RANGES[index])) for index, part in enumerate(parts)]


def _values(field: str, index: int, low: int, high: int) -> Iterator[int]:
    for part in field.split(","):
        found = _PART.fullmatch(part)
        if not found:
            raise _ScheduleError(f"failed to parse {part}")
        span, step = found[1], int(found[2] or 1)
        if span in {"*", "?"}:
            first, last = low, high
        else:
            ends = [_number(each, index) for each in span.split("-")]
            first, last = ends[0], ends[-1] if len(ends) > 1 or not found[2] else high
        if not (low <= first <= last <= high) or step < 1:
            raise _ScheduleError(f"{part} is outside of {low}-{high}")
        yield from range(first, last + 1, step)


def _number(text: str, index: int) -> int:
    names = {3: _MONTHS, 4: _DAYS}.get(index, ())
    if text in names:
        return names.index(text) + (index == 3)  # noqa: PLR2004 - the field of the months
    if not text.isdecimal():
        raise _ScheduleError(f"failed to parse int from {text}")
    return int(text)


def next_time(schedule: str, after: datetime, zone: str | None = None) -> datetime | None:
    """Return when a schedule is next due after a time; None if it never is.

    Args:
        schedule: one without a fault.
        after: the time, with a time zone.
        zone: in which the schedule is meant; None for that of `after`.
    """
    fields = _fields(schedule)
    minutes, hours, days, months, weekdays = fields
    stars = [part.startswith(("*", "?")) for part in
             _MACROS.get(schedule.strip(), schedule).split()]  # fmt: skip
    local = after.astimezone(ZoneInfo(zone)) if zone else after
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(_MOST_DAYS):
        in_month, in_week = day.day in days, (day.isoweekday() % 7) in weekdays
        both = in_month and in_week if stars[2] or stars[4] else in_month or in_week
        if day.month in months and both:
            for hour in sorted(hours):
                for minute in sorted(minutes):
                    due = day.replace(hour=hour, minute=minute)
                    if due > local:
                        return due.astimezone(after.tzinfo)
        day += timedelta(days=1)
    return None
