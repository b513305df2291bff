"""Months by UTC's calendar: what rounds and answers are kept by, and archived by."""

from datetime import UTC, datetime, timedelta


def month_of(at: datetime) -> datetime:
    """Return the first instant of an instant's month."""
    return datetime(at.year, at.month, 1, tzinfo=UTC)


def month_after(month: datetime) -> datetime:
    """Return the first instant of the month after the one that begins at `month`."""
    return month_of(month + timedelta(days=32))  # no month is longer
